// Package halopsaredis lets any number of processes share one HaloPSA tenant: its request limit and its access token, on Redis.
//
//	limiter, err := halopsaredis.NewLimiter(rdb, "halopsa:acme:limit")
//	source, err := halopsa.NewTokenSource(baseURL, halopsa.WithClientCredentials(id, secret))
//	tokens, err := halopsaredis.NewTokenSource(rdb, "halopsa:acme:token", source, halopsaredis.WithKey(key))
//	client, err := halopsa.NewClient(baseURL, halopsa.WithLimiter(limiter), halopsa.WithTokenSource(tokens))
//
// A [Limiter] keeps the requests of all processes within the tenant's rolling window, at a Redis that is restarted too. A [TokenSource] has
// one of them fetch a token for all. Both say in the log when Redis fails and when it is back; what happens until then can be chosen.
//
// It needs Redis 5 or newer, or Valkey; a single server, Sentinel and Cluster will do, since no operation touches more than one key.
package halopsaredis
