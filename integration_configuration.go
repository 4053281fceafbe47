package halopsa

import (
	"context"
	"encoding/json"
	"iter"
	"log/slog"
)

// IntegrationConfiguration is how HaloPSA authenticates to another system, and that system's webhooks to HaloPSA.
//
// API: schema IntegrationConfiguration.
type IntegrationConfiguration struct {
	ID             int64  `json:"id"`
	ApplicationURL string `json:"application_url"`
	ClientID       string `json:"client_id"`
	// NewClientSecret and the other secrets are write-only: HaloPSA is not expected to send them.
	NewClientSecret Secret `json:"new_client_secret"`
	NewAccessToken  Secret `json:"new_access_token"`
	NewRefreshToken Secret `json:"new_refresh_token"`
	TokenExpiry     Time   `json:"token_expiry"`
	RedirectURI     string `json:"redirect_uri"`
	// IsAuthorized is the API's _isauthorized.
	IsAuthorized             bool   `json:"_isauthorized"`
	Tenant                   string `json:"tenant"`
	Resource                 string `json:"resource"`
	NewMethod                bool   `json:"new_method"`
	AlternateClientID        string `json:"alternate_client_id"`
	NewAlternateClientSecret Secret `json:"new_alternate_client_secret"`
	ClientCredentials        bool   `json:"client_credentials"`
	PasswordCredentials      bool   `json:"password_credentials"`
	WebhookUsername          string `json:"webhook_username"`
	NewWebhookPassword       Secret `json:"new_webhook_password"`
	WebhookIterations        int    `json:"webhook_iterations"`
	NewWebhookMethod         bool   `json:"new_webhook_method"`
	LastUpdate               Time   `json:"last_update"`
	TokenURL                 string `json:"token_url"`
	// Warning is a message to the caller that can come with a success.
	Warning string `json:"_warning"`
	// Extra holds every member without a field above, by its JSON name.
	Extra map[string]json.RawMessage `json:"extra,omitempty"`
}

// LogValue returns the fields that cannot hold credentials.
func (c IntegrationConfiguration) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Int64("id", c.ID), slog.String("application_url", c.ApplicationURL), slog.String("tenant", c.Tenant),
		slog.Bool("is_authorized", c.IsAuthorized),
	)
}

// Input returns an input that writes the record back as it was read, to change a field of it and give it to Update.
//
// It has every field that is not the zero value, save the secrets, which HaloPSA keeps as they are where a write has none, and what only
// HaloPSA sets: IsAuthorized, LastUpdate and Warning.
func (c IntegrationConfiguration) Input() IntegrationConfigurationInput {
	return IntegrationConfigurationInput{
		ID: nonZero(c.ID), ApplicationURL: nonZero(c.ApplicationURL), ClientID: nonZero(c.ClientID),
		TokenExpiry: nonZero(c.TokenExpiry), RedirectURI: nonZero(c.RedirectURI), Tenant: nonZero(c.Tenant),
		Resource: nonZero(c.Resource), NewMethod: nonZero(c.NewMethod), AlternateClientID: nonZero(c.AlternateClientID),
		ClientCredentials: nonZero(c.ClientCredentials), PasswordCredentials: nonZero(c.PasswordCredentials),
		WebhookUsername: nonZero(c.WebhookUsername), WebhookIterations: nonZero(c.WebhookIterations),
		NewWebhookMethod: nonZero(c.NewWebhookMethod), TokenURL: nonZero(c.TokenURL),
	}
}

// IntegrationConfigurationInput is an integration configuration to create, or with an ID to change.
type IntegrationConfigurationInput struct {
	// ID names the record that Update changes; Create refuses it.
	ID             Opt[int64]  `json:"id,omitzero"`
	ApplicationURL Opt[string] `json:"application_url,omitzero"`
	ClientID       Opt[string] `json:"client_id,omitzero"`
	// NewClientSecret, NewAccessToken and NewRefreshToken are the credentials that HaloPSA is to use from now on.
	NewClientSecret   Opt[Secret] `json:"new_client_secret,omitzero"`
	NewAccessToken    Opt[Secret] `json:"new_access_token,omitzero"`
	NewRefreshToken   Opt[Secret] `json:"new_refresh_token,omitzero"`
	TokenExpiry       Opt[Time]   `json:"token_expiry,omitzero"`
	RedirectURI       Opt[string] `json:"redirect_uri,omitzero"`
	Tenant            Opt[string] `json:"tenant,omitzero"`
	Resource          Opt[string] `json:"resource,omitzero"`
	NewMethod         Opt[bool]   `json:"new_method,omitzero"`
	AlternateClientID Opt[string] `json:"alternate_client_id,omitzero"`
	// NewAlternateClientSecret is the secret of AlternateClientID.
	NewAlternateClientSecret Opt[Secret] `json:"new_alternate_client_secret,omitzero"`
	ClientCredentials        Opt[bool]   `json:"client_credentials,omitzero"`
	PasswordCredentials      Opt[bool]   `json:"password_credentials,omitzero"`
	WebhookUsername          Opt[string] `json:"webhook_username,omitzero"`
	// NewWebhookPassword is the password that the other system's webhooks are to use from now on.
	NewWebhookPassword Opt[Secret] `json:"new_webhook_password,omitzero"`
	WebhookIterations  Opt[int]    `json:"webhook_iterations,omitzero"`
	NewWebhookMethod   Opt[bool]   `json:"new_webhook_method,omitzero"`
	TokenURL           Opt[string] `json:"token_url,omitzero"`
}

func (i IntegrationConfigurationInput) recordID() Opt[int64] { return i.ID }

// LogValue returns the fields that cannot hold credentials.
func (i IntegrationConfigurationInput) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("id", i.ID), slog.Any("application_url", i.ApplicationURL), slog.Any("tenant", i.Tenant))
}

// IntegrationConfigurationGetOptions specifies what Get returns.
type IntegrationConfigurationGetOptions struct {
	// IncludeDetails asks for the whole record.
	IncludeDetails bool `url:"includedetails,omitempty"`
}

var integrationConfiguration = endpoint{name: "IntegrationConfiguration"}

// IntegrationConfigurationService reads and writes how HaloPSA authenticates to other systems.
//
// HaloPSA's API has no delete for it.
type IntegrationConfigurationService struct{ service }

// List reads the list in one request.
//
// API: GET /IntegrationConfiguration
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationConfiguration
func (s *IntegrationConfigurationService) List(ctx context.Context, ro ...RequestOption) (*Page[IntegrationConfiguration], error) {
	return listOf[IntegrationConfiguration](ctx, clientOf(s), integrationConfiguration, nil, ro)
}

// Pages walks the whole list, which has one page; see [Page] for what it promises.
//
// API: GET /IntegrationConfiguration
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationConfiguration
func (s *IntegrationConfigurationService) Pages(ctx context.Context, ro ...RequestOption) iter.Seq2[*Page[IntegrationConfiguration], error] {
	return pagesOf[IntegrationConfiguration](ctx, clientOf(s), integrationConfiguration, nil, ro)
}

// All walks the whole list record by record; see [Page] for what it promises.
//
// API: GET /IntegrationConfiguration
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationConfiguration
func (s *IntegrationConfigurationService) All(ctx context.Context, ro ...RequestOption) iter.Seq2[*IntegrationConfiguration, error] {
	return allOf[IntegrationConfiguration](ctx, clientOf(s), integrationConfiguration, nil, ro)
}

// Get reads one integration configuration.
//
// API: GET /IntegrationConfiguration/{id}
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationConfiguration
func (s *IntegrationConfigurationService) Get(ctx context.Context, id int64, opts *IntegrationConfigurationGetOptions, ro ...RequestOption) (*IntegrationConfiguration, error) {
	return getOf[IntegrationConfiguration](ctx, clientOf(s), integrationConfiguration, id, opts, ro)
}

// Create creates integration configurations and returns them as they were stored; see [BatchError] for what it returns when it fails.
//
// API: POST /IntegrationConfiguration
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationConfiguration
func (s *IntegrationConfigurationService) Create(ctx context.Context, inputs []IntegrationConfigurationInput, ro ...RequestOption) ([]*IntegrationConfiguration, error) {
	return createOf[IntegrationConfiguration](ctx, clientOf(s), integrationConfiguration, inputs, ro)
}

// Update changes integration configurations; every input must have an ID. Whether members that are absent stay as they are is not proven for
// this resource [conv]: send what must stay, as [IntegrationConfiguration.Input] does.
//
// API: POST /IntegrationConfiguration
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationConfiguration
func (s *IntegrationConfigurationService) Update(ctx context.Context, inputs []IntegrationConfigurationInput, ro ...RequestOption) ([]*IntegrationConfiguration, error) {
	return updateOf[IntegrationConfiguration](ctx, clientOf(s), integrationConfiguration, inputs, ro)
}
