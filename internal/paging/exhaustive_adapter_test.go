package paging_test

import "github.com/halopsa-go/halopsa/internal/paging"

type answer = paging.Answer

func newWalk(size int, k kind) *paging.Walk {
	return paging.New(size, paging.Options{SecondPass: k.second, Order: []paging.Order{paging.ByID, paging.ByIDDown, paging.ByRows, paging.ByOther}[k.order]})
}

func refuse(a *answer) bool {
	a.Refused = true
	return true
}
