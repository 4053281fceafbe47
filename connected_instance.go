package halopsa

import (
	"context"
	"encoding/json"
	"iter"
	"log/slog"
)

// ConnectedInstance is another HaloPSA instance that this one is connected to.
//
// API: schema ConnectedInstance.
type ConnectedInstance struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	APIURL   string `json:"apiurl"`
	AuthURL  string `json:"authurl"`
	Tenant   string `json:"tenant"`
	ClientID string `json:"clientid"`
	// NewClientSecret is write-only: HaloPSA is not expected to send it.
	NewClientSecret Secret `json:"new_clientsecret"`
	// Test, TestOK and TestResult are the API's _test, _test_ok and _test_result: the last connection test.
	Test       bool            `json:"_test"`
	TestOK     bool            `json:"_test_ok"`
	TestResult json.RawMessage `json:"_test_result"`
	// Warning is a message to the caller that can come with a success.
	Warning string `json:"_warning"`
	// Extra holds every member without a field above, by its JSON name; it can hold credentials.
	Extra map[string]json.RawMessage `json:"extra,omitempty"`
}

// Input returns an input for Update with the ID and the fields that are not zero. The secret, the last test and the members in Extra are left
// out.
//
// A field that was emptied keeps its value in HaloPSA, since the input omits it; use [Set] or [Null] to send it.
func (c ConnectedInstance) Input() ConnectedInstanceInput {
	return ConnectedInstanceInput{
		ID: nonZero(c.ID), Name: nonZero(c.Name), APIURL: nonZero(c.APIURL), AuthURL: nonZero(c.AuthURL), Tenant: nonZero(c.Tenant),
		ClientID: nonZero(c.ClientID),
	}
}

// LogValue returns the fields that cannot hold credentials.
func (c ConnectedInstance) LogValue() slog.Value {
	return slog.GroupValue(slog.Int64("id", c.ID), slog.String("name", c.Name), slog.String("apiurl", c.APIURL))
}

// ConnectedInstanceInput is a connected instance to create, or with an ID to change.
type ConnectedInstanceInput struct {
	// ID names the record that Update changes; Create refuses it.
	ID       Opt[int64]  `json:"id,omitzero"`
	Name     Opt[string] `json:"name,omitzero"`
	APIURL   Opt[string] `json:"apiurl,omitzero"`
	AuthURL  Opt[string] `json:"authurl,omitzero"`
	Tenant   Opt[string] `json:"tenant,omitzero"`
	ClientID Opt[string] `json:"clientid,omitzero"`
	// NewClientSecret is the secret that this instance is to use from now on.
	NewClientSecret Opt[Secret] `json:"new_clientsecret,omitzero"`
	// Test asks HaloPSA to test the connection.
	Test Opt[bool] `json:"_test,omitzero"`
}

func (i ConnectedInstanceInput) recordID() Opt[int64] { return i.ID }

// LogValue returns the fields that cannot hold credentials.
func (i ConnectedInstanceInput) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("id", i.ID), slog.Any("name", i.Name), slog.Any("apiurl", i.APIURL))
}

// ConnectedInstanceGetOptions specifies what Get returns.
type ConnectedInstanceGetOptions struct {
	// IncludeDetails asks for the whole record.
	IncludeDetails bool `url:"includedetails,omitempty"`
}

var connectedInstance = endpoint{name: "ConnectedInstance"}

// ConnectedInstanceService reads and writes the connections to other instances.
type ConnectedInstanceService struct{ service }

// List reads the list in one request.
//
// API: GET /ConnectedInstance
// https://halo.halopsa.com/api/swagger/index.html#/ConnectedInstance
func (s *ConnectedInstanceService) List(ctx context.Context, ro ...RequestOption) (*Page[ConnectedInstance], error) {
	return listOf[ConnectedInstance](ctx, clientOf(s), connectedInstance, nil, ro)
}

// Pages walks the whole list, which has one page; see [Page] for what it promises.
//
// API: GET /ConnectedInstance
// https://halo.halopsa.com/api/swagger/index.html#/ConnectedInstance
func (s *ConnectedInstanceService) Pages(ctx context.Context, ro ...RequestOption) iter.Seq2[*Page[ConnectedInstance], error] {
	return pagesOf[ConnectedInstance](ctx, clientOf(s), connectedInstance, nil, ro)
}

// All walks the whole list record by record; see [Page] for what it promises.
//
// API: GET /ConnectedInstance
// https://halo.halopsa.com/api/swagger/index.html#/ConnectedInstance
func (s *ConnectedInstanceService) All(ctx context.Context, ro ...RequestOption) iter.Seq2[*ConnectedInstance, error] {
	return allOf[ConnectedInstance](ctx, clientOf(s), connectedInstance, nil, ro)
}

// Get reads one connected instance.
//
// API: GET /ConnectedInstance/{id}
// https://halo.halopsa.com/api/swagger/index.html#/ConnectedInstance
func (s *ConnectedInstanceService) Get(ctx context.Context, id int64, opts *ConnectedInstanceGetOptions, ro ...RequestOption) (*ConnectedInstance, error) {
	return getOf[ConnectedInstance](ctx, clientOf(s), connectedInstance, id, opts, ro)
}

// Create creates connected instances and returns them as they were stored; see [BatchError] for what it returns when it fails.
//
// API: POST /ConnectedInstance
// https://halo.halopsa.com/api/swagger/index.html#/ConnectedInstance
func (s *ConnectedInstanceService) Create(ctx context.Context, inputs []ConnectedInstanceInput, ro ...RequestOption) ([]*ConnectedInstance, error) {
	return createOf[ConnectedInstance](ctx, clientOf(s), connectedInstance, inputs, ro)
}

// Update changes connected instances; every input must have an ID. Absent members are left unchanged.
//
// API: POST /ConnectedInstance
// https://halo.halopsa.com/api/swagger/index.html#/ConnectedInstance
func (s *ConnectedInstanceService) Update(ctx context.Context, inputs []ConnectedInstanceInput, ro ...RequestOption) ([]*ConnectedInstance, error) {
	return updateOf[ConnectedInstance](ctx, clientOf(s), connectedInstance, inputs, ro)
}

// Delete deletes one connected instance.
//
// API: DELETE /ConnectedInstance/{id}
// https://halo.halopsa.com/api/swagger/index.html#/ConnectedInstance
func (s *ConnectedInstanceService) Delete(ctx context.Context, id int64, ro ...RequestOption) error {
	return deleteOf(ctx, clientOf(s), connectedInstance, id, ro)
}
