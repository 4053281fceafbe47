// Package halopsaotel records OpenTelemetry spans and metrics for a client's attempts, with the semantic conventions for HTTP clients.
//
//	telemetry, err := halopsaotel.Observe(halopsaotel.WithBaseURL(baseURL))
//	client, err := halopsa.NewClient(baseURL, halopsa.WithClientCredentials(id, secret), telemetry)
//
// Each attempt is a separate child span of the span in the call's context, and is counted in two histograms: how long it took, and how long it
// waited for the limits and the token. All data comes from [halopsa.Attempt], which holds no secrets: no query, header or body.
//
// It needs only OpenTelemetry's API; the program chooses the SDK and the exporter.
package halopsaotel
