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
// record its own calls. When notes are lost, as where the credentials may not write the log, it logs a line at warn level, and Close returns an error.
//
// # What is written, and when
//
// A batch is one POST of up to 50 notes of a kind. It is sent when 50 wait, or when the oldest has waited for 10 s; Close sends what is left. After a
// failure there is a pause of 5 s to 5 min.
//
//   - An IntegrationRequest has msid (the module), isoutgoing (true), operation (the method), type (the host), url, datelogged, request_headers; of a call
//     that got a response resultcode and response_headers, and of one that did not "no response: " and the reason as response_body; with [WithBodies]
//     request_body and response_body; with [WithDetailID] details_id.
//   - An IntegrationError has module_id, date, entity_type, entity_name, endpoint, error and, where the line has them, entity_id and detail_id. HaloPSA's
//     entity_id is a number: one of an attribute that is a text, such as another system's "dev-7", is lost. Log it as entity_name.
//
// Members that exist only since 2026, such as module_name and duration, are not written, since an older tenant may refuse them. Texts are cut to the
// length of their columns.
//
// # Credentials
//
// What is recorded can be read by whoever may read the tenant's integration log. So of headers only those are recorded whose names are known to be
// harmless, others with their names alone; [WithHeaders] adds to them. In URLs and bodies the values of whatever is called like a credential are
// taken out, and what looks like one, and each of these values wherever else the call repeats it. Bodies are recorded only with [WithBodies].
// A credential that neither its name nor its looks give away cannot be known as one; [WithCredentials] adds names.
package halopsarecord
