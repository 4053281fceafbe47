package halopsatest

import "iter"

// Records returns a sequence of these records, for a fake of All, Pages, Since or Follow in tests that need no server.
//
// V is what the sequence yields: a pointer to a record or a page, or a Followed. It can be ranged over again.
func Records[V any](records ...V) iter.Seq2[V, error] {
	return RecordsThenError(nil, records...)
}

// RecordsThenError returns a sequence of these records that ends with err and the zero V, as a walk that fails does.
//
// A nil err adds nothing.
func RecordsThenError[V any](err error, records ...V) iter.Seq2[V, error] {
	return func(yield func(V, error) bool) {
		for _, record := range records {
			if !yield(record, nil) {
				return
			}
		}
		if err != nil {
			var none V
			yield(none, err)
		}
	}
}
