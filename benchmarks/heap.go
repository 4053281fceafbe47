package main

import (
	"runtime"
	"runtime/metrics"
)

// heapWatch finds the most memory that is live at once.
type heapWatch struct{ before, peak uint64 }

// watchHeap begins: what is live now does not count.
func watchHeap() *heapWatch {
	runtime.GC()
	runtime.GC() // the pools of what went before are empty only after the second one
	return &heapWatch{before: liveHeap()}
}

// look collects the garbage and sees what is left.
func (h *heapWatch) look() {
	runtime.GC()
	if live := liveHeap(); live > h.before {
		h.peak = max(h.peak, live-h.before)
	}
}

// liveHeap is what the last collection found to be in use.
func liveHeap() uint64 {
	found := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(found)
	return found[0].Value.Uint64()
}
