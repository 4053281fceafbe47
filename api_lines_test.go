package halopsa_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// documentedOperation is a row of HaloPSA's documentation: what the source, docs/operations.md and the tests must agree with. The paging parameters of
// IntegrationDelta and IntegratorTrace are in none, but tenants honor them [live].
type documentedOperation struct {
	operation string // method and path below /api
	methods   string // of the resource's service
	params    string // query parameters
}

const (
	pagingParams  = "page_no page_size pageinate"
	sortingParams = "order order2 order3 order4 order5 orderdesc orderdesc2 orderdesc3 orderdesc4 orderdesc5"
	dataParams    = "after continuationToken datatype endpoint method next_url nextlink nexttoken offset page resource"
)

// documentedOperations are those of the integration API: 39, and the 11 patterns that the paths of IntegrationData follow.
var documentedOperations = []documentedOperation{
	{"GET /HaloIntegration/Get", "Get", ""},
	{"POST /HaloIntegration/CreateTicket", "CreateTicket", ""},
	{"POST /HaloIntegration/CreateAction", "CreateAction", ""},
	{"GET /IntegrationConfiguration", "List Pages All", ""},
	{"POST /IntegrationConfiguration", "Create Update", ""},
	{"GET /IntegrationConfiguration/{id}", "Get", "includedetails"},
	{"GET /IntegrationData/Get/{System}", "Get", dataParams},
	{"POST /IntegrationData/Import/{System}", "Import", dataParams},
	{"POST /IntegrationData/Export/{System}", "Export", dataParams},
	{"POST /IntegrationData/Send/{System}", "Send", dataParams},
	{"POST /IntegrationData/Post/{System}/{Action}", "Post", dataParams},
	{"POST /IntegrationData/Link/{System}", "Link", dataParams},
	{"POST /IntegrationData/Unlink/{System}", "Unlink", dataParams},
	{"POST /IntegrationData/Move/{System}", "Move", dataParams},
	{"POST /IntegrationData/AdjustQty/{System}", "AdjustQty", dataParams},
	{"GET /IntegrationData/Search/{System}", "Search", dataParams},
	{"GET /IntegrationData/Validate/{System}", "Validate", dataParams},
	{"GET /IntegrationDelta", "List Pages All Since Follow", pagingParams},
	{"POST /IntegrationDelta", "Create CreateOnce", ""},
	{"GET /IntegrationDelta/{id}", "Get", ""},
	{"DELETE /IntegrationDelta/{id}", "Delete", ""},
	{"GET /IntegrationError", "List Pages All Since Follow", "count detail_id module_id " + sortingParams + " " + pagingParams},
	{"POST /IntegrationError", "Create CreateOnce", ""},
	{"GET /IntegrationError/{id}", "Get", "includedetails"},
	{"DELETE /IntegrationError/{id}", "Delete", ""},
	{"GET /IntegrationExport", "List Pages All", "moduleId readyForImport"},
	{"POST /IntegrationExport", "Create CreateOnce Update", ""},
	{"DELETE /IntegrationExport/{id}", "Delete", ""},
	{"GET /IntegrationFieldData", "List Pages All", ""},
	{"POST /IntegrationFieldData", "Create CreateOnce Update", ""},
	{"GET /IntegrationFieldData/{id}", "Get", ""},
	{"DELETE /IntegrationFieldData/{id}", "Delete", ""},
	{"GET /IntegrationFieldMapping", "List Pages All", "msid product_id subtypeid syncfields typeid xmvalue"},
	{"GET /IntegrationLookUp", "List Pages All", ""},
	{"POST /IntegrationLookUp", "Create CreateOnce Update", ""},
	{"GET /IntegrationRequest", "List Pages All Since Follow", "count detail_id inbound_only module_id outbound_only " + sortingParams + " " + pagingParams},
	{"POST /IntegrationRequest", "Create CreateOnce", ""},
	{"GET /IntegrationRequest/{id}", "Get", "includedetails"},
	{"DELETE /IntegrationRequest/{id}", "Delete", ""},
	{"GET /IntegrationRunbookVariableGroup", "List Pages All", "exclude_method_id one_runbook_id"},
	{"GET /IntegrationRunbookVariableGroup/{id}", "Get", "exclude_method_id method_ids"},
	{"GET /IntegrationSiteMapping", "List Pages All", "get_active_only msid third_party_client_id"},
	{"GET /IntegratorLog", "List Pages All Since Follow", "module_id " + pagingParams},
	{"GET /IntegratorSchedule", "List Pages All", pagingParams},
	{"GET /IntegratorTrace", "List Pages All Since Follow", pagingParams},
	{"GET /IntegratorTrace/{id}", "Get", ""},
	{"GET /ConnectedInstance", "List Pages All", ""},
	{"POST /ConnectedInstance", "Create Update", ""},
	{"GET /ConnectedInstance/{id}", "Get", "includedetails"},
	{"DELETE /ConnectedInstance/{id}", "Delete", ""},
}

// resource is the field of Client and the first segment of the path.
func (d documentedOperation) resource() string {
	_, path, _ := strings.Cut(d.operation, " /")
	name, _, _ := strings.Cut(path, "/")
	return name
}

// calls are the Go methods, as in IntegrationError.List, in alphabetical order.
func (d documentedOperation) calls() []string {
	var all []string
	for _, method := range strings.Fields(d.methods) {
		all = append(all, d.resource()+"."+method)
	}
	slices.Sort(all)
	return all
}

// parameters are the query parameters in alphabetical order.
func (d documentedOperation) parameters() []string {
	return slices.Sorted(slices.Values(strings.Fields(d.params)))
}

// documentedCalls gives the Go methods of each operation.
func documentedCalls() map[string][]string {
	all := make(map[string][]string)
	for _, d := range documentedOperations {
		all[d.operation] = d.calls()
	}
	return all
}

// parseFiles parses the Go files of a package's folder: its tests, or all the others.
func parseFiles(t *testing.T, folder string, tests bool) map[string]*ast.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	require.NoError(t, err)
	files := make(map[string]*ast.File)
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") != tests {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		require.NoError(t, err)
		files[name] = file
	}
	require.NotEmpty(t, files)
	return files
}

// receiver is the name of the type whose method fn is, or "".
func receiver(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return ""
	}
	of := fn.Recv.List[0].Type
	if pointer, ok := of.(*ast.StarExpr); ok {
		of = pointer.X
	}
	if generic, ok := of.(*ast.IndexExpr); ok {
		of = generic.X
	}
	if name, ok := of.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

func TestOperationsAreCounted(t *testing.T) {
	t.Parallel()
	assert.Len(t, documentedCalls(), 39+11)
}

func TestAPILinesNameTheDocumentedOperations(t *testing.T) {
	t.Parallel()
	line := regexp.MustCompile(`(?m)^API: (.+)\nhttps://halo\.halopsa\.com/api/swagger/index\.html#/(\w+)$`)
	found := make(map[string][]string)
	for name, file := range parseFiles(t, ".", false) {
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || !fn.Name.IsExported() {
				continue
			}
			resource, ok := strings.CutSuffix(receiver(fn), "Service")
			if !ok {
				continue
			}
			call := resource + "." + fn.Name.Name
			lines := line.FindAllStringSubmatch(fn.Doc.Text(), -1)
			if assert.Len(t, lines, 1, "%s: %s has not exactly one API line with a link below it", name, call) {
				assert.Equal(t, resource, lines[0][2], "%s: %s has a link to another resource", name, call)
				found[lines[0][1]] = append(found[lines[0][1]], call)
			}
		}
	}
	for _, calls := range found {
		slices.Sort(calls)
	}
	assert.Equal(t, documentedCalls(), found)
}

func TestThePageListsTheDocumentedOperations(t *testing.T) {
	t.Parallel()
	section, _, _ := strings.Cut(readDocument(t, "docs/operations.md"), "\n## ")
	code := regexp.MustCompile("`([^`]+)`")
	span := regexp.MustCompile("`([a-z]+)`…`([a-z]+)([0-9])`")
	row := func(calls, params []string) string {
		return strings.Join(calls, " ") + " | " + strings.Join(params, " ")
	}
	wanted, rows := make(map[string]string), make(map[string]string)
	for _, d := range documentedOperations {
		wanted[d.operation] = row(d.calls(), d.parameters())
	}
	for line := range strings.Lines(section) {
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		columns := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		require.Len(t, columns, 3, line)
		var calls, named []string
		resource := ""
		for _, name := range code.FindAllStringSubmatch(columns[1], -1) { // the first with its service, as client.IntegrationError.List
			if call, ok := strings.CutPrefix(name[1], "client."); ok {
				resource, _, _ = strings.Cut(call, ".")
				calls = append(calls, call)
			} else {
				calls = append(calls, resource+"."+name[1])
			}
		}
		params := span.ReplaceAllStringFunc(columns[2], func(text string) string { // `order`…`order5` is five of them
			ends := span.FindStringSubmatch(text)
			require.Equal(t, ends[1], ends[2], text)
			last, err := strconv.Atoi(ends[3])
			require.NoError(t, err)
			all := "`" + ends[1] + "`"
			for n := 2; n <= last; n++ {
				all += "`" + ends[1] + strconv.Itoa(n) + "`"
			}
			return all
		})
		for _, name := range code.FindAllStringSubmatch(params, -1) {
			named = append(named, name[1])
		}
		slices.Sort(calls)
		slices.Sort(named)
		operation := strings.Trim(strings.TrimSpace(columns[0]), "`")
		require.NotContains(t, rows, operation, "listed twice")
		rows[operation] = row(calls, named)
	}
	assert.Equal(t, wanted, rows)
}

func TestEveryOperationHasATest(t *testing.T) {
	t.Parallel()
	found := make(map[string]map[string]bool)
	for name, file := range parseFiles(t, ".", true) {
		for _, entry := range operationEntries(file) {
			operation, call := describeEntry(entry)
			require.NotEmpty(t, operation, "%s: an entry without an operation", name)
			require.NotEmpty(t, call, "%s: %s: no call of a service's method", name, operation)
			if found[operation] == nil {
				found[operation] = make(map[string]bool)
			}
			found[operation][call] = true
		}
	}
	wanted, got := make(map[string][]string), make(map[string][]string)
	for operation, calls := range documentedCalls() {
		// What Pages, All, Since and Follow send is tested with the walks, and what CreateOnce does with the fates of writes.
		wanted[operation] = slices.DeleteFunc(calls, func(call string) bool {
			_, method, _ := strings.Cut(call, ".")
			return isWalk(method) || isFollowing(method) || method == "CreateOnce"
		})
	}
	for operation, calls := range found {
		got[operation] = slices.Sorted(maps.Keys(calls))
	}
	assert.Equal(t, wanted, got)
}

// operationEntries are the elements of the file's tables of operations.
func operationEntries(file *ast.File) []*ast.CompositeLit {
	var entries []*ast.CompositeLit
	ast.Inspect(file, func(node ast.Node) bool {
		table, ok := node.(*ast.CompositeLit)
		if !ok {
			return true
		}
		array, ok := table.Type.(*ast.ArrayType)
		if !ok {
			return true
		}
		if element, ok := array.Elt.(*ast.Ident); !ok || element.Name != "operation" {
			return true
		}
		for _, element := range table.Elts {
			if entry, ok := element.(*ast.CompositeLit); ok {
				entries = append(entries, entry)
			}
		}
		return true
	})
	return entries
}

// describeEntry returns the operation of an entry and the method that its call field calls, as IntegrationError.List.
func describeEntry(entry *ast.CompositeLit) (operation, call string) {
	for _, element := range entry.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		key, ok := pair.Key.(*ast.Ident)
		if !ok {
			continue
		}
		switch key.Name {
		case "api":
			if text, ok := pair.Value.(*ast.BasicLit); ok {
				operation, _ = strconv.Unquote(text.Value)
			}
		case "call":
			ast.Inspect(pair.Value, func(node ast.Node) bool {
				if made, ok := node.(*ast.CallExpr); ok {
					if method, ok := made.Fun.(*ast.SelectorExpr); ok {
						if service, ok := method.X.(*ast.SelectorExpr); ok && call == "" {
							call = service.Sel.Name + "." + method.Sel.Name
						}
					}
				}
				return call == ""
			})
		}
	}
	return operation, call
}
