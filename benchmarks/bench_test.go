package main

import "testing"

// BenchmarkClients is for profiles: go test -bench Clients/halopsa/list -cpuprofile cpu.prof
func BenchmarkClients(b *testing.B) {
	content := newPages(corpus(longestPage))
	for _, p := range peers() {
		for _, kind := range []struct {
			name string
			rows int
			body []byte
		}{
			{"get", 1, content.appendRecord(nil, usualOne)}, {"list", usualPage, content.appendPage(nil, 1, usualPage, usualPage)},
		} {
			b.Run(p.name+"/"+kind.name, func(b *testing.B) {
				call, err := p.dial(memoryBase, memoryClient(kind.body))
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(kind.body)))
				b.ReportAllocs()
				for b.Loop() {
					if err := call.once(b.Context(), kind.rows); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
