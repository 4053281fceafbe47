package main

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

func TestRefusedDeleteIsPausedAndEndsRetired(t *testing.T) {
	t.Parallel()
	for _, status := range []int{
		http.StatusForbidden, http.StatusMethodNotAllowed, http.StatusNotImplemented, http.StatusBadRequest, http.StatusUnauthorized, http.StatusConflict,
		http.StatusInternalServerError,
	} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			onEachRig(t, func(t *testing.T, r *rig) {
				r.halo.Fault(halopsatest.Fault{Method: "DELETE", Kind: halopsatest.Status, Status: status, Times: -1})
				r.seed(t, 1)
				for n := range mostRefusals - 1 {
					r.snoozes(t, 1, firstRefusal<<n)
				}
				r.delivers(t, 1, retired)
				before := len(r.halo.Requests())
				r.delivers(t, 1, retired)
				assert.Len(t, r.halo.Requests(), before, "it costs the limit nothing any more")
				assert.Equal(t, []string{acmeFirst}, r.receiver.asked())
				assert.Equal(t, false, r.halo.Stored("IntegrationExport")[0]["ready_for_import"], "it is taken out of the queue another way")
				assert.Contains(t, r.log.String(), `"level":"ERROR","msg":"a delivered export is retired`)
			})
		})
	}
}

func TestExportThatCannotBeTakenOutOfTheQueueEitherIsRetired(t *testing.T) {
	t.Parallel()
	onEachRig(t, func(t *testing.T, r *rig) {
		for _, method := range []string{"DELETE", "POST"} {
			r.halo.Fault(halopsatest.Fault{Method: method, Resource: "IntegrationExport", Kind: halopsatest.Status, Status: http.StatusForbidden, Times: -1})
		}
		r.seed(t, 1)
		for n := range mostRefusals - 1 {
			r.snoozes(t, 1, firstRefusal<<n)
		}
		r.delivers(t, 1, retired)
		assert.Equal(t, []int64{1}, r.receiver.exports(), "progress that cannot be reported holds up no delivery")
	})
}

func TestExportIsNotRetiredWhileTheTenantRefusesEverything(t *testing.T) {
	t.Parallel()
	onEachRig(t, func(t *testing.T, r *rig) {
		r.halo.Fault(halopsatest.Fault{Resource: "IntegrationExport", Kind: halopsatest.Status, Status: http.StatusUnauthorized, Times: -1})
		r.seed(t, 1)
		for range 2 * mostRefusals {
			r.fails(t, 1)
		}
		assert.Equal(t, []string{delivered}, texts(t, r.db, `SELECT state FROM deliveries`))
	})
}

func TestTenantThatCannotDeleteExports(t *testing.T) {
	t.Parallel()
	onEachRig(t, func(t *testing.T, r *rig) {
		r.halo.Fault(halopsatest.Fault{Method: "DELETE", Kind: halopsatest.Status, Status: http.StatusNotFound, Times: -1})
		r.seed(t, 1)
		r.delivers(t, 1, retired)
		stored := r.halo.Stored("IntegrationExport")[0]
		assert.Equal(t, false, stored["ready_for_import"])
		assert.Equal(t, "100%", stored["export_progress"])
		assert.Equal(t, 1, r.halo.Count("DELETE", ""))
	})
}

func TestDeleteOfUnknownOutcome(t *testing.T) {
	t.Parallel()
	for name, applied := range map[string]bool{"it happened": true, "it did not happen": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onEachRig(t, func(t *testing.T, r *rig) {
				r.seed(t, 1)
				r.halo.Fault(halopsatest.Fault{Method: "DELETE", Kind: halopsatest.HTML504, Applied: applied, Times: 2})
				_, err := r.deliver(t, 1)
				assert.Equal(t, applied, err == nil, "%v", err)
				r.delivers(t, 1, removed)
				assert.Zero(t, r.halo.Len("IntegrationExport"))
				assert.Equal(t, []string{acmeFirst}, r.receiver.asked())
			})
		})
	}
}

func TestReportOfUnknownOutcome(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		applied, gone, blind bool
		want                 error // nil for none
	}{
		"it happened":            {true, false, false, nil},
		"it did not happen":      {false, false, false, halopsa.ErrOutcomeUnknown},
		"the export is gone":     {false, true, false, halopsa.ErrNotFound},
		"it cannot be read back": {true, false, true, halopsa.ErrForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, freshSQLite(t))
			r.seed(t, 1)
			r.halo.FaultFunc(func(req *http.Request) *halopsatest.Fault {
				switch {
				case req.URL.Path != "/api/IntegrationExport":
					return nil
				case req.Method == http.MethodPost && c.gone:
					r.halo.Remove("IntegrationExport", 1)
					fallthrough
				case req.Method == http.MethodPost:
					return &halopsatest.Fault{Kind: halopsatest.HTML504, Applied: c.applied}
				case c.blind:
					return &halopsatest.Fault{Kind: halopsatest.Status, Status: http.StatusForbidden}
				}
				return nil
			})
			err := r.report(t.Context(), 1, "50%", "no route")
			if c.want == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, c.want)
		})
	}
}

func TestExportThatCannotBeReadIsNotTakenForGone(t *testing.T) {
	t.Parallel()
	r := newRig(t, freshSQLite(t))
	r.halo.Fault(halopsatest.Fault{Method: "POST", Resource: "IntegrationExport", Kind: halopsatest.HTML504, Times: 2})
	r.halo.Fault(halopsatest.Fault{Method: "GET", Resource: "IntegrationExport", Kind: halopsatest.Status, Status: http.StatusOK, Body: `[{"id":1,"module_id":{}}]`})
	require.ErrorContains(t, r.report(t.Context(), 1, "50%", ""), "export 1 cannot be read back")
}

func TestDestinationSaysWhatItHas(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		what mishap
		want presence
		err  string
	}{
		"absent":     {fine, absent, ""},
		"cannot say": {unasked, absent, ""},
		"under way":  {running, underWay, ""},
		"busy":       {busy, absent, "the destination responded 429 Too Many Requests"},
		"down":       {down, absent, "the destination responded 503 Service Unavailable"},
		"refused":    {wrong, absent, "the destination responded 422 Unprocessable Entity"},
		"silent":     {mute, absent, "the destination does not respond: EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rc := newReceiver(t)
			rc.strike(c.what, c.what)
			has, err := rc.to.ask(t.Context(), "key")
			assert.Equal(t, c.want, has)
			if c.err == "" {
				require.NoError(t, err)
			} else {
				require.EqualError(t, err, c.err)
			}
		})
	}
}

// TestBrokenConnectionIsNoReasonToPostAgain has a connection break that has been used before: net/http sends a request again by itself when it
// has an Idempotency-Key.
func TestBrokenConnectionIsNoReasonToPostAgain(t *testing.T) {
	t.Parallel()
	rc := newReceiver(t)
	require.NoError(t, rc.to.send(t.Context(), "first", []byte(`{"id":1}`)))
	rc.strike(cutOff, fine)
	require.Error(t, rc.to.send(t.Context(), "second", []byte(`{"id":2}`)))
	assert.Equal(t, []string{"POST first", "POST second"}, rc.asked())
}

func TestDestinationIsSentItsTokenAndNothingIsRedirected(t *testing.T) {
	t.Parallel()
	var authorization, agent string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		authorization, agent = r.Header.Get("Authorization"), r.Header.Get("User-Agent")
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	}))
	defer server.Close()
	require.EqualError(t, newDestination(server.URL, "hush-token").send(t.Context(), "key", []byte(`{}`)), "the destination responded 302 Found",
		"a POST that is redirected would turn into a GET and seem to have been delivered")
	assert.Equal(t, "Bearer hush-token", authorization)
	assert.Equal(t, product, agent)
}

// TestDestinationThatEchoesItsTokenShowsNone has the token come back where net/http puts what it cannot read into its error.
func TestDestinationThatEchoesItsTokenShowsNone(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"hush-token", `hush"\token`} {
		for _, response := range []string{"%s\r\n\r\n", "HTTP/1.1 200 OK\r\n%s\r\n\r\n", "HTTP/1.1 %s\r\n\r\n", "HTTP/1.1 204 OK\r\nTransfer-Encoding: %s\r\n\r\n"} {
			l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
			require.NoError(t, err)
			t.Cleanup(func() { _ = l.Close() })
			go func() {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				_, _ = conn.Read(make([]byte, 4096))
				_, _ = fmt.Fprintf(conn, response, token)
				_ = conn.Close()
			}()
			err = newDestination("http://"+l.Addr().String(), halopsa.Secret(token)).send(t.Context(), "key", []byte(`{}`))
			require.Error(t, err, response)
			assert.NotContains(t, err.Error(), "hush", response)
		}
	}
}

func TestInboxRefusesWhatHasNoKey(t *testing.T) {
	t.Parallel()
	rc := newReceiver(t)
	require.EqualError(t, rc.to.send(t.Context(), "", []byte(`{"id":7}`)), "the destination responded 400 Bad Request")
	assert.Empty(t, rc.exports())
}

func TestPausesGrowToTheLongest(t *testing.T) {
	t.Parallel()
	f := &fleet[liteDriver, liteTx]{conf: &config{interval: 10 * time.Second, quietInterval: time.Minute}}
	for quiet, want := range []time.Duration{10 * time.Second, 20 * time.Second, 40 * time.Second, time.Minute, time.Minute} {
		assert.Equal(t, want, f.pause(quiet))
	}
	assert.Equal(t, time.Minute, f.pause(1_000_000))
}
