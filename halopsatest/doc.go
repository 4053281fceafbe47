// Package halopsatest is a stand-in for HaloPSA: a server with the habits and the faults of the real one, for tests.
//
// It has OAuth with expiring tokens, all 33 documented integration operations on a store in memory, paging as a tenant does it and, by
// [Habits], as tenants misbehave, the rolling request limit with 429, latency, and scripted faults. It records what it was sent.
//
//	server := halopsatest.NewServer()
//	defer server.Close()
//	server.Seed("IntegrationError", map[string]any{"module_id": 12, "error": "no such site"})
//	client, err := halopsa.NewClient(server.URL(),
//		halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret))
//
// [Server] listens on a port of the loopback interface. [Handler] is the same without a network: it serves below a server of one's own,
// or through [Handler.Transport] without any connection, which is how to test with testing/synctest.
//
// The package needs the standard library only and works without package testing.
package halopsatest
