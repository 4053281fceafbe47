// Package doctor tells an operator which integrations of a tenant are failing, since when, and with what.
//
// It reads only. Credentials in what it reads are taken out, and the bodies and headers of requests are not shown at all.
package doctor
