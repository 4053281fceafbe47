package halopsa_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
)

// long is a text of n characters.
func long(n int) halopsa.Opt[string] { return halopsa.Set(strings.Repeat("x", n)) }

// TestCaseTextLongerThanItsColumn is refused with the member, its length and the limit, before anything is sent.
func TestCaseTextLongerThanItsColumn(t *testing.T) {
	t.Parallel()
	failed := func(input halopsa.IntegrationErrorInput) func(context.Context, *halopsa.Client) error {
		return func(ctx context.Context, c *halopsa.Client) error {
			_, err := c.IntegrationError.Create(ctx, []halopsa.IntegrationErrorInput{{}, {}, {}, input})
			return err
		}
	}
	export := func(input halopsa.IntegrationExportInput) func(context.Context, *halopsa.Client) error {
		return func(ctx context.Context, c *halopsa.Client) error {
			input.ID = halopsa.Set[int64](7)
			_, err := c.IntegrationExport.Update(ctx, []halopsa.IntegrationExportInput{input})
			return err
		}
	}
	request := func(input halopsa.IntegrationRequestInput) func(context.Context, *halopsa.Client) error {
		return func(ctx context.Context, c *halopsa.Client) error {
			_, err := c.IntegrationRequest.Create(ctx, []halopsa.IntegrationRequestInput{input})
			return err
		}
	}
	delta := func(input halopsa.IntegrationDeltaInput) func(context.Context, *halopsa.Client) error {
		return func(ctx context.Context, c *halopsa.Client) error {
			_, err := c.IntegrationDelta.Create(ctx, []halopsa.IntegrationDeltaInput{input})
			return err
		}
	}
	lookup := func(input halopsa.IntegrationLookUpInput) func(context.Context, *halopsa.Client) error {
		return func(ctx context.Context, c *halopsa.Client) error {
			input.ID = halopsa.Set[int64](7)
			_, err := c.IntegrationLookUp.Update(ctx, []halopsa.IntegrationLookUpInput{input})
			return err
		}
	}
	const cut = "; Truncate cuts"
	runRefusals(t, map[string]refusal{
		"error name": {failed(halopsa.IntegrationErrorInput{EntityName: long(130)}),
			"IntegrationError.Create: inputs[3].EntityName: entity_name has 130 characters; HaloPSA's column holds 100" + cut},
		"error type": {failed(halopsa.IntegrationErrorInput{EntityType: long(101)}),
			"IntegrationError.Create: inputs[3].EntityType: entity_type has 101 characters; HaloPSA's column holds 100" + cut},
		"error endpoint": {failed(halopsa.IntegrationErrorInput{Endpoint: long(101)}),
			"IntegrationError.Create: inputs[3].Endpoint: endpoint has 101 characters; HaloPSA's column holds 100" + cut},
		"error text": {failed(halopsa.IntegrationErrorInput{Error: long(2001)}),
			"IntegrationError.Create: inputs[3].Error: error has 2001 characters; HaloPSA's column holds 2000" + cut},
		"emoji are two": {failed(halopsa.IntegrationErrorInput{EntityName: halopsa.Set(strings.Repeat("🚀", 51))}),
			"IntegrationError.Create: inputs[3].EntityName: entity_name has 102 characters; HaloPSA's column holds 100" + cut},
		"error without a text": {failed(halopsa.IntegrationErrorInput{Error: halopsa.Null[string]()}),
			"IntegrationError.Create: inputs[3].Error: error is null; HaloPSA's column takes none"},
		"error without a name": {failed(halopsa.IntegrationErrorInput{EntityName: halopsa.Null[string]()}),
			"IntegrationError.Create: inputs[3].EntityName: entity_name is null; HaloPSA's column takes none"},
		"export progress": {export(halopsa.IntegrationExportInput{ExportProgress: long(26)}),
			"IntegrationExport.Update: inputs[0].ExportProgress: export_progress has 26 characters; HaloPSA's column holds 25" + cut},
		"export id": {export(halopsa.IntegrationExportInput{ExportID: long(101)}),
			"IntegrationExport.Update: inputs[0].ExportID: export_id has 101 characters; HaloPSA's column holds 100" + cut},
		"export third party": {export(halopsa.IntegrationExportInput{ThirdPartyName: long(101)}),
			"IntegrationExport.Update: inputs[0].ThirdPartyName: third_party_name has 101 characters; HaloPSA's column holds 100" + cut},
		"request operation": {request(halopsa.IntegrationRequestInput{Operation: long(26)}),
			"IntegrationRequest.Create: inputs[0].Operation: operation has 26 characters; HaloPSA's column holds 25" + cut},
		"request type": {request(halopsa.IntegrationRequestInput{Type: long(501)}),
			"IntegrationRequest.Create: inputs[0].Type: type has 501 characters; HaloPSA's column holds 500" + cut},
		"request url": {request(halopsa.IntegrationRequestInput{URL: long(2001)}),
			"IntegrationRequest.Create: inputs[0].URL: url has 2001 characters; HaloPSA's column holds 2000" + cut},
		"delta": {delta(halopsa.IntegrationDeltaInput{Delta: long(101)}),
			"IntegrationDelta.Create: inputs[0].Delta: delta has 101 characters; HaloPSA's column holds 100" + cut},
		"delta third party": {delta(halopsa.IntegrationDeltaInput{ThirdPartyID: long(251)}),
			"IntegrationDelta.Create: inputs[0].ThirdPartyID: third_party_id has 251 characters; HaloPSA's column holds 250" + cut},
		"field name": {func(ctx context.Context, c *halopsa.Client) error {
			_, err := c.IntegrationFieldData.Create(ctx, []halopsa.IntegrationFieldDataInput{{Name: long(256)}})
			return err
		}, "IntegrationFieldData.Create: inputs[0].Name: name has 256 characters; HaloPSA's column holds 255" + cut},
		"lookup value": {lookup(halopsa.IntegrationLookUpInput{Value: long(1001)}),
			"IntegrationLookUp.Update: inputs[0].Value: value has 1001 characters; HaloPSA's column holds 1000" + cut},
		"lookup third party": {lookup(halopsa.IntegrationLookUpInput{ThirdPartyID: long(251)}),
			"IntegrationLookUp.Update: inputs[0].ThirdPartyID: third_party_id has 251 characters; HaloPSA's column holds 250" + cut},
		"date before dates": {failed(halopsa.IntegrationErrorInput{Date: halopsa.Set(halopsa.NewTime(time.Date(1752, 12, 31, 23, 59, 59, 0, time.UTC)))}),
			"IntegrationError.Create: inputs[3].Date: date is in the year 1752; HaloPSA's dates are from 1753 to 9999"},
		"date after dates": {delta(halopsa.IntegrationDeltaInput{Date: halopsa.Set(halopsa.NewTime(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)))}),
			"IntegrationDelta.Create: inputs[0].Date: date is in the year 10000; HaloPSA's dates are from 1753 to 9999"},
		"date of a part": {request(halopsa.IntegrationRequestInput{Trace: halopsa.Set([]halopsa.TraceInput{{}, {Timestamp: halopsa.Set(halopsa.NewTime(time.Unix(-1e10, 0)))}})}),
			"IntegrationRequest.Create: inputs[0].Trace[1].Timestamp: timestamp is in the year 1653; HaloPSA's dates are from 1753 to 9999"},
	})

	client, server := newStandin(t, nil)
	_, err := client.IntegrationError.Create(t.Context(), []halopsa.IntegrationErrorInput{{
		EntityName: halopsa.Set(strings.Repeat("🚀", 50)), EntityType: long(100), Error: long(2000), Endpoint: halopsa.Set(""),
		Date: halopsa.Set(halopsa.NewTime(time.Date(1753, 1, 1, 0, 0, 0, 0, time.UTC))), ModuleID: halopsa.Null[int64](),
	}})
	require.NoError(t, err, "what just fits")
	_, err = client.IntegrationRequest.Create(t.Context(), []halopsa.IntegrationRequestInput{{
		RequestBody: long(100_000), ResponseHeaders: long(100_000), DateLogged: halopsa.Set(halopsa.Time{}), Operation: halopsa.Null[string](),
	}})
	require.NoError(t, err, "columns without a limit, and a date that is sent as null")
	assert.Equal(t, 2, server.Count("POST", ""))
}
