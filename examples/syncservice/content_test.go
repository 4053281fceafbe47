package main

import (
	"encoding/base64"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// TestExportThatIsCorrectedIsDeliveredAsItIsNow has a destination refuse an export, which is then corrected in HaloPSA.
func TestExportThatIsCorrectedIsDeliveredAsItIsNow(t *testing.T) {
	t.Parallel()
	onEachRig(t, func(t *testing.T, r *rig) {
		r.seed(t, 1)
		r.receiver.strike(wrong, fine)
		r.fails(t, 1)
		assert.Empty(t, r.offerThese(t, halopsa.IntegrationExport{ID: 1, ExportProgress: "0%", ExportBody: []byte("corrected")}))
		r.receiver.strike(fine, fine)
		r.delivers(t, 1, removed)
		assert.Contains(t, string(r.receiver.taken[0].Body), base64.StdEncoding.EncodeToString([]byte("corrected")))
		assert.Equal(t, 1, count(t, r.db, `SELECT count(*) FROM deliveries WHERE body IS NULL`), "what was delivered is not kept")
	})
}

// TestOtherContentUnderAnIDIsNotDeleted has HaloPSA offer something else under the id of an export: it was restored from a backup, or somebody has
// changed what had arrived already.
func TestOtherContentUnderAnIDIsNotDeleted(t *testing.T) {
	t.Parallel()
	other := halopsa.IntegrationExport{ID: 1, ExportBody: []byte("other")}
	retires := func(t *testing.T, r *rig) {
		t.Helper()
		assert.Equal(t, []string{retired}, texts(t, r.db, `SELECT state FROM deliveries`))
		deletes := r.halo.Count(http.MethodDelete, "")
		r.delivers(t, 1, retired)
		assert.Equal(t, deletes, r.halo.Count(http.MethodDelete, ""))
		assert.Equal(t, []int64{1}, r.receiver.exports())
	}
	for name, state := range map[string]string{"delivered": delivered, "removed": removed} {
		t.Run("it was "+name, func(t *testing.T) {
			t.Parallel()
			onEachRig(t, func(t *testing.T, r *rig) {
				if state == delivered {
					r.halo.Fault(halopsatest.Fault{Method: "DELETE", Kind: halopsatest.Status, Status: http.StatusForbidden, Times: -1})
				}
				r.seed(t, 1)
				_, err := r.deliver(t, 1)
				assert.Equal(t, state == removed, err == nil)
				require.Equal(t, []string{state}, texts(t, r.db, `SELECT state FROM deliveries`))
				assert.Equal(t, []int64{1}, r.offerThese(t, other))
				retires(t, r)
			})
		})
	}
	t.Run("it has arrived in an attempt", func(t *testing.T) {
		t.Parallel()
		onEachRig(t, func(t *testing.T, r *rig) {
			r.seed(t, 1)
			r.receiver.strike(cutOff, fine)
			r.fails(t, 1)
			assert.Empty(t, r.offerThese(t, other))
			r.wait(attemptTime)
			r.delivers(t, 1, retired)
			retires(t, r)
			assert.Equal(t, []string{errOtherContent.Error()}, texts(t, r.db, `SELECT last_error FROM deliveries`))
			assert.Zero(t, r.halo.Count(http.MethodDelete, ""))
			assert.Contains(t, r.log.String(), `"level":"ERROR","msg":"a delivered export is retired`)
		})
	})
}
