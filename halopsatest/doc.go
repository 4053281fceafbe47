// Package halopsatest is a stand-in for HaloPSA: a server with the habits and the faults of the real one, for tests.
//
// It has OAuth with expiring tokens, all documented integration operations on a store in memory, the names, shapes and refusals of a live
// tenant and, by [Habits], what tenants get wrong, the rolling request limit with 429, latency, and scripted faults. It records what it was
// sent, and tells what went unnoticed: [Handler.Unknown] and [Handler.Unstruck].
//
//	client, server := halopsatest.NewClient(t)
//	server.Seed("IntegrationError", map[string]any{"module_id": 12, "error": "no such site"})
//
// [Server] listens on a port of the loopback interface. [Handler] is the same without a network: it serves below a custom server,
// or through [Handler.Client] without any connection, which is how to test with testing/synctest.
//
// Besides packages halopsa and halopsaprobe it needs the standard library only.
package halopsatest
