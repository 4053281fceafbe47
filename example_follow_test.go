package halopsa_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/halopsa-go/halopsa"
)

// A job that runs now and then reads what has come since its last run.
func ExampleIntegrationErrorService_Since() {
	server, client := tenant()
	defer server.Close()

	cursor := int64(2) // as the last run has left it
	for e, err := range client.IntegrationError.Since(context.Background(), cursor, nil) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(e.ID, e.Error)
		cursor = e.ID // for the next run
	}
	fmt.Println("continue after", cursor)
	// Output:
	// 3 no such site
	// 4 disabled
	// continue after 4
}

// A service follows the log. The results of a record and the cursor are stored in one transaction, so that each record is processed exactly
// once, no matter when the service is killed.
func ExampleIntegrationErrorService_Follow() {
	server, client := tenant()
	defer server.Close()
	ctx, stop := context.WithCancel(context.Background()) // in a service: signal.NotifyContext
	defer stop()

	var stored struct { // in a service: a database
		cursor int64
		errors map[int64]string
	}
	stored.errors = make(map[int64]string)
	serve := func() error {
		for e, err := range client.IntegrationError.Follow(ctx, stored.cursor, time.Minute, nil) {
			if err != nil {
				return err // none that trying again would cure
			}
			stored.errors[e.Record.ID], stored.cursor = e.Record.Error, e.Cursor
			if stored.cursor == 3 {
				return errors.New("the service is killed")
			}
			if stored.cursor == 5 {
				stop()
			}
		}
		return nil
	}
	fmt.Println(serve(), stored.cursor)

	server.Seed("IntegrationError", map[string]any{"module_id": 12, "error": "no such device"})
	err := serve()
	fmt.Println(errors.Is(err, context.Canceled), stored.cursor)
	fmt.Println(stored.errors)
	// Output:
	// the service is killed 3
	// true 5
	// map[1:no such site 2:404 Not Found 3:no such site 4:disabled 5:no such device]
}

// What a follower is held up by can be seen with an observer, as here, or in the log of WithLogger.
func ExampleFollowed() {
	server, client := tenant(halopsa.WithObserver(func(_ context.Context, a halopsa.Attempt) {
		fmt.Println(a.Op, a.StatusCode)
	}))
	defer server.Close()
	for line, err := range client.IntegratorLog.Follow(context.Background(), 0, 0, nil) {
		fmt.Println(line.Record == nil, err)
	}
	for e, err := range client.IntegrationError.Follow(context.Background(), 3, time.Minute, nil) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(e.Record.Error, e.Cursor)
		break
	}
	// Output:
	// true halopsa: IntegratorLog.Follow: interval: 0s: must be positive
	// IntegrationError.Follow 200
	// disabled 4
}
