package halopsatest

import (
	"fmt"
	"strings"
)

// kind is the type of a member.
type kind byte

// The kinds of members, as the letters that a schema uses.
const (
	integer  kind = 'i' // 32 bits
	decimal  kind = 'n'
	flag     kind = 'b'
	text     kind = 't'
	date     kind = 'd'
	guid     kind = 'g'
	list     kind = 'l'
	whatever kind = '*' // its type is not known
)

// member is what the stand-in knows of a member of a record.
type member struct {
	kind   kind
	length int               // of the column, in UTF-16 units; 0 is no limit
	parts  map[string]member // of a list
}

// schema reads lines such as "i id module_id" (a kind and the members that have it); a member of limited length is written name:100.
func schema(lines ...string) map[string]member {
	members := make(map[string]member)
	for _, line := range lines {
		words := strings.Fields(line)
		for _, word := range words[1:] {
			m := member{kind: kind(words[0][0])}
			name, length, _ := strings.Cut(word, ":")
			_, _ = fmt.Sscan(length, &m.length) // no length is 0
			members[name] = m
		}
	}
	return members
}

// listing adds a member that is a list of objects.
func listing(members map[string]member, name string, parts map[string]member) map[string]member {
	members[name] = member{kind: list, parts: parts}
	return members
}

// The members are those of the OpenAPI document of 2026, where it has them; lengths are those of HaloPSA's tables [db].
var (
	deltaMembers = schema("i id module_id entity_id related_id", "t third_party_id:250 delta:100 sequence", "d date")
	errorMembers = schema("i id module_id detail_id entity_id",
		"t module_name entity_type:100 entity_name:100 endpoint:100 error:2000 _warning", "d date")
	exportMembers = listing(schema("i id module_id halo_id details_id",
		"t export_id:100 halo_name third_party_id:100 third_party_name:100 export_url export_progress:25 progress_error export_body _warning",
		"d export_date", "b ready_for_import"), "exportdata",
		schema("i id integration_export_id", "t third_party_id export_body _warning", "b exported"))
	fieldDataMembers    = schema("i id msid type details_id", "t name:255 fieldid _warning")
	fieldMappingMembers = schema("i id fiid msid typeid subtypeid synctype product third_party_field_type fiid2 parent_id",
		"t name thirdpartyname xmvalue third_party_friendly_name product_name value_set _warning name2",
		"b isassetfield istablefield isidentifier newrecords sync dontupdate populateemptyvalue", "* child_mappings")
	lookUpMembers  = schema("i id module_id type", "t third_party_id:250 value:1000 _warning", "b _success") // [spec25, db]
	requestMembers = listing(schema("i id msid resultcode details_id",
		"t operation:25 type:500 request_body response_body url:2000 request_headers response_headers _retry_webhook_token module_name details_id_string _warning",
		"b isoutgoing _retrywebhook preserve hastrace format_as_xml", "n duration", "d datelogged", "g application_id"), "trace",
		schema("i id tracetype relatedid systemeventid", "d timestamp", "t log"))
	siteMappingMembers = schema("i id halo_id module_id halo_client_id rule_count seq details_id",
		"t halo_name third_party_id third_party_name third_party_client_id third_party_client_name third_party_full_name halo_client_name halo_site_name _warning",
		"b userules", "* criteria")
	instanceMembers      = schema("i id", "t name apiurl authurl tenant clientid new_clientsecret _warning", "b _test _test_ok", "* _test_result")
	configurationMembers = schema("i id webhook_iterations", // [spec24]
		"t application_url client_id new_client_secret new_access_token new_refresh_token redirect_uri tenant resource alternate_client_id",
		"t new_alternate_client_secret webhook_username new_webhook_password token_url _warning",
		"d token_expiry last_update", "b _isauthorized new_method client_credentials password_credentials new_webhook_method")
)
