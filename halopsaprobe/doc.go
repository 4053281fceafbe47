// Package halopsaprobe finds out the habits of a HaloPSA tenant: which lists honor paging, a page size, count and sorting, what record_count
// says, what the lists and their members are called, and where pages are capped.
//
// The API's documentation is silent about most of this, and tenants differ by version and by settings of the agent that an API application logs
// in as. [Run] asks in at most 120 requests, which only read. Its [Report] is one JSON file that can be attached to an issue: it holds names and
// types, counts and times, and never a value of a record, nor the tenant's name or its credentials. The stand-in of package halopsatest behaves
// like the tenant when it is given the file:
//
//	server := halopsatest.NewServer(halopsatest.WithHabitsFrom("testdata/tenant.json"))
package halopsaprobe
