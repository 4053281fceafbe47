package halopsaredis_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"log"
	"os"

	"github.com/redis/go-redis/v9"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsaredis"
)

// Every replica of a service does the same: together they send 700 requests in 5 minutes, with one token.
func Example() {
	baseURL, id, secret := os.Getenv("HALOPSA_URL"), os.Getenv("HALOPSA_CLIENT_ID"), os.Getenv("HALOPSA_CLIENT_SECRET")
	var key [32]byte // 64 hexadecimal digits, the same for every replica
	if n, err := hex.Decode(key[:], []byte(os.Getenv("TOKEN_KEY"))); err != nil || n != len(key) {
		log.Fatal("TOKEN_KEY is no key of 32 bytes")
	}
	rdb := redis.NewClient(&redis.Options{Addr: os.Getenv("REDIS_ADDR")})

	limiter, err := halopsaredis.NewLimiter(rdb, "halopsa:acme:limit")
	if err != nil {
		log.Fatal(err)
	}
	source, err := halopsa.NewTokenSource(baseURL, halopsa.WithClientCredentials(id, secret))
	if err != nil {
		log.Fatal(err)
	}
	tokens, err := halopsaredis.NewTokenSource(rdb, "halopsa:acme:token", source, halopsaredis.WithKey(key))
	if err != nil {
		log.Fatal(err)
	}
	client, err := halopsa.NewClient(baseURL, halopsa.WithLimiter(limiter), halopsa.WithTokenSource(tokens))
	if err != nil {
		log.Fatal(err)
	}
	for e, err := range client.IntegrationError.All(context.Background(), nil) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(e.ModuleName, e.Error)
	}
}
