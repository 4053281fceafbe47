// Package pagetest serves lists to the tests of the planners, as tenants do and as they misbehave.
package pagetest

import (
	"cmp"
	"slices"

	"github.com/halopsa-go/halopsa/internal/page"
)

// Order is how a server sends a list.
type Order int

// The orders.
const (
	AsAsked Order = iota
	OldestFirst
	NewestFirst
	NoOrder
)

// Server is a list as a tenant serves it, or as it misbehaves. The zero value is an honest server of an empty list.
type Server struct {
	IDs  []int64 // in their order
	Next int64   // the largest id that Add has given
	Order
	Limit       int  // largest page, 0 for none
	Fixed       int  // size of every page, 0 for as it is asked
	Ignore      bool // page_no and page_size
	IgnoreCount bool
	Silent      bool // no record_count
	ByAsked     bool // counts its pages by the size asked for, although it sends fewer
	Extra       int  // what record_count is too large by
	// Unsteady puts the list into another order before each response; nil leaves it.
	Unsteady func(ids []int64)
	Requests []page.Request // what was asked so far
}

// Of returns an honest server of the records 1 to n.
func Of(n int) *Server {
	s := &Server{}
	s.Add(n)
	return s
}

// Honest reports whether the server keeps to what it is asked and says how long the list is. It may cap its pages.
func (s *Server) Honest() bool {
	return (s.Order == AsAsked || s.Order == OldestFirst) && !s.Ignore && !s.IgnoreCount && !s.Silent && !s.ByAsked && s.Extra == 0 && s.Unsteady == nil
}

// Add appends n records.
func (s *Server) Add(n int) {
	for range n {
		s.Next++
		s.IDs = append(s.IDs, s.Next)
	}
}

// Remove deletes the records with these ids.
func (s *Server) Remove(ids ...int64) {
	s.IDs = slices.DeleteFunc(s.IDs, func(id int64) bool { return slices.Contains(ids, id) })
}

// Cut deletes n records from a position on.
func (s *Server) Cut(at, n int) {
	at = min(max(0, at), len(s.IDs))
	s.IDs = slices.Delete(s.IDs, at, min(at+n, len(s.IDs)))
}

// Serve returns the ids of the response to a request, and its record_count, -1 for none.
func (s *Server) Serve(req page.Request) (ids []int64, recordCount int) {
	s.Requests = append(s.Requests, req)
	size := req.Size
	if s.Limit > 0 {
		size = min(size, s.Limit)
	}
	if s.Fixed > 0 {
		size = s.Fixed
	}
	begin := (req.Page - 1) * size
	if s.ByAsked {
		begin = (req.Page - 1) * req.Size
	}
	switch {
	case req.Count > 0 && s.IgnoreCount:
		begin, size = 0, page.Default
	case req.Count > 0:
		begin, size = 0, req.Count
	case s.Ignore:
		begin, size = 0, page.Default
	}
	if s.Unsteady != nil {
		s.Unsteady(s.IDs)
	}
	recordCount = len(s.IDs) + s.Extra
	if s.Silent {
		recordCount = -1
	}
	return s.rows(begin, size, req.Newest), recordCount
}

// rows cuts a page out of the list, in the order in which it is sent.
func (s *Server) rows(begin, size int, newest bool) []int64 {
	n := len(s.IDs)
	begin, end := min(begin, n), min(begin+size, n)
	switch {
	case s.Order == NoOrder:
		ids := slices.SortedFunc(slices.Values(s.IDs), func(a, b int64) int { return cmp.Compare(a*7919%1009, b*7919%1009) })
		return ids[begin:end]
	case s.Order == NewestFirst, s.Order == AsAsked && newest:
		ids := slices.Clone(s.IDs[n-end : n-begin])
		slices.Reverse(ids)
		return ids
	}
	return slices.Clone(s.IDs[begin:end])
}
