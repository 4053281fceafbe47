package halopsatest_test

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/halopsa-go/halopsa/halopsatest"
)

// Fixtures can hold any resource, and SetFilter teaches a parameter of it.
func ExampleHandler_SeedJSON() {
	h := halopsatest.NewHandler()
	err := h.SeedJSON(strings.NewReader(`{"Tickets":[{"summary":"printer","agent_id":5},{"summary":"mail","agent_id":6}]}`))
	h.SetFilter("Tickets", "agent", "agent_id")
	tickets, _ := halopsatest.StoredAs[struct{ Summary string }](h, "Tickets")
	fmt.Println(tickets, err)
	// Output: [{printer} {mail}] <nil>
}

// Habits combine: a list newest first, whose record_count counts three records that never come, and an error from page 2 on.
func ExampleHabits() {
	h := halopsatest.NewHandler()
	h.SetHabits("IntegratorLog", halopsatest.Habits{
		NewestFirst: true, RecordCount: halopsatest.CountPlus(3), ErrorMember: "load_error", ErrorFrom: 2,
	})
	fmt.Println(h.Len("IntegratorLog"))
	// Output: 0
}

// A test whose fault has never struck has proved nothing.
func ExampleHandler_Unstruck() {
	h := halopsatest.NewHandler()
	h.Fault(halopsatest.Fault{Method: http.MethodDelete, Resource: "IntegrationExport", Kind: halopsatest.HTML504, Applied: true})
	for _, fault := range h.Unstruck() {
		fmt.Println(fault.Kind, fault.Method, fault.Resource)
	}
	// Output: HTML504 DELETE IntegrationExport
}
