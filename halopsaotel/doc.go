// Package halopsaotel makes OpenTelemetry spans and metrics of a client's attempts, with the semantic conventions for HTTP clients.
//
//	telemetry, err := halopsaotel.Observe(halopsaotel.WithBaseURL(baseURL))
//	client, err := halopsa.NewClient(baseURL, halopsa.WithClientCredentials(id, secret), telemetry)
//
// Each attempt is a span of its own below the span of the call's context, and is counted in two histograms: how long it took, and how long the
// limits and the token held it back. What they say comes from [halopsa.Attempt], which holds nothing secret; no query, header or body is among it.
//
// It needs OpenTelemetry's API only; which SDK and exporter there are is the program's to choose.
package halopsaotel
