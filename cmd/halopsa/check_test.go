package main_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/halopsatest"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	server := tenant(t)
	r := of(server).halopsa(t, "check")
	assert.Equal(t, 0, r.code, r.err)
	assert.Contains(t, r.out, "Nothing stands in the way.")
	assert.LessOrEqual(t, len(server.Requests()), 25)
	assert.Zero(t, server.Count("POST", "")+server.Count("DELETE", ""), "it only reads")

	server.SetHabits("IntegrationError", halopsatest.Habits{Denied: 403})
	r = of(server).halopsa(t, "check")
	assert.Equal(t, 2, r.code, "it has found something")
	assert.Regexp(t, `IntegrationError +denied +403`, r.out)
	var report struct {
		Problems []string `json:"problems"`
	}
	r = of(server).halopsa(t, "check", "-json")
	assert.Equal(t, 2, r.code)
	require.NoError(t, json.Unmarshal([]byte(r.out), &report))
	assert.NotEmpty(t, report.Problems)

	env := of(server)
	env[2] = "HALOPSA_CLIENT_SECRET=" + canary
	r = env.halopsa(t, "check")
	assert.Equal(t, 2, r.code)
	assert.NotContains(t, r.out+r.err, canary)
}

// TestProbedHabitsComeBack: the file of a probe makes a stand-in behave like the tenant.
func TestProbedHabitsComeBack(t *testing.T) {
	t.Parallel()
	server := tenant(t)
	server.SetHabits("IntegrationError", halopsatest.Habits{PageCap: 30})
	file := filepath.Join(t.TempDir(), "tenant.json")
	r := of(server).halopsa(t, "probe", "errors", "-o", file)
	require.Equal(t, 0, r.code, r.err)
	assert.Contains(t, r.err, "wrote "+file)
	assert.Regexp(t, `IntegrationError +200 +errors`, r.out)

	like := halopsatest.NewServer(halopsatest.WithHabitsFrom(file))
	t.Cleanup(like.Close)
	halopsatest.SeedDemo(like.Handler, 120)
	assert.Len(t, ids(t, of(like).halopsa(t, "list", "errors", "-json").out), 120)
	assert.Equal(t, 5, like.Count("GET", "IntegrationError"), "in pages of 30, the last of which is full")

	assert.Contains(t, environment{}.halopsa(t, "standin", "-habits", "README.md").err, "-habits README.md: ")
}
