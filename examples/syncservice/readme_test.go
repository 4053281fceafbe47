package main

import (
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadmeNamesEveryVariableAndMetric(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("README.md")
	require.NoError(t, err)
	readme := string(data)
	for _, name := range environment {
		assert.Contains(t, readme, "`"+name+"`")
	}
	_, err = readConfig(func(name string) string {
		assert.Contains(t, environment, name, "a variable that the tests do not know")
		return ""
	}, nil, io.Discard)
	require.NoError(t, err)

	m := newMetrics()
	m.follow(newStanding("errors", noon))
	m.requests.WithLabelValues("IntegrationError.List", "2xx")
	families, err := m.registry.Gather()
	require.NoError(t, err)
	own := 0
	for _, family := range families {
		if name := family.GetName(); len(name) > 12 && name[:12] == "syncservice_" {
			own++
			assert.Contains(t, readme, "`"+name)
		}
	}
	assert.Equal(t, 6, own)
	assert.Contains(t, readme, "\ngo run . -for 5s\n")
}
