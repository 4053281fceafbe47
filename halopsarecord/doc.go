// Package halopsarecord logs an integration's own calls and errors into HaloPSA, as IntegrationRequests and IntegrationErrors.
//
// A [Recorder] is an [http.RoundTripper] around the one through which an integration calls another system, and a [slog.Handler] around the one
// it logs to:
//
//	rec := halopsarecord.New(client, 12)
//	defer rec.Close(context.WithoutCancel(ctx))
//	rmm := &http.Client{Transport: rec.Transport(nil)}
//	logger := slog.New(rec.Handler(slog.Default().Handler()))
//
// Both only take notes, which are written in batches in the background: they never block or fail the call that they record. A recorder keeps to a
// share of the tenant's request limit and to a bound of memory, and drops and counts what is beyond; [Recorder.State] has the counts. It does not
// record its own calls.
//
// # Credentials
//
// What is recorded can be read by whoever may read the tenant's integration log. So of headers only those are recorded whose names are known to be
// harmless, others with their names alone; [WithHeaders] adds to them. In URLs and bodies the values of whatever is called like a credential are
// taken out, and what looks like one, and each of these values wherever else the call repeats it. Bodies are recorded only with [WithBodies].
// A credential that neither its name nor its looks give away cannot be known as one; [WithCredentials] adds names.
package halopsarecord
