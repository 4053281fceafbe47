// Package guarantees proves the promise of package halopsa: you get every record exactly once, or an error that says what is missing; every
// write is reported as applied, not applied, or unknown; and what a server gets wrong never turns into silence.
//
// Each line of the table "What is proven, and by which test" of the README is one file here: TestPagingMatrix is in walks_test.go. Where
// the proof of a line takes more than one file, the names of all begin with that file's name, as in fate_test.go and fate_tcp_test.go. There is nothing
// to import, only to run:
//
//	go test ./guarantees
package guarantees
