package main

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// completionCommand prints a completion script.
type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Run prints the script for the shell.
func (c *completionCommand) Run(_ context.Context, t *terminal) error {
	parser, err := newParser(&grammar{}, io.Discard)
	if err != nil {
		return err
	}
	if c.Shell == "fish" {
		return fish(t.out, parser.Model)
	}
	if c.Shell == "zsh" {
		if _, err := fmt.Fprintln(t.out, "(( $+functions[compdef] )) || { autoload -U compinit && compinit }\nautoload -U +X bashcompinit && bashcompinit"); err != nil {
			return err
		}
	}
	return bash(t.out, parser.Model)
}

// subcommands are what completion offers: the words after each subcommand, and its flags.
func subcommands(app *kong.Application) (all []completed) {
	for _, node := range app.Children {
		one := completed{name: node.Name, help: node.Help, flags: node.Flags}
		for i := range resources {
			r := &resources[i]
			has := map[string]bool{"list": r.list != nil, "get": r.get != nil, "tail": r.follow != nil, "create": r.create != nil, "update": r.update != nil, "delete": r.delete != nil}
			if has[node.Name] {
				one.words = append(one.words, r.short[0])
			}
		}
		switch node.Name {
		case "completion":
			one.words = []string{"bash", "zsh", "fish"}
		case "help":
			one.words = strings.Split(topics(), ", ")
		}
		all = append(all, one)
	}
	return all
}

type completed struct {
	name, help string
	flags      []*kong.Flag
	words      []string
}

// takesFile reports whether the value of a flag is the name of a file.
func takesFile(flag *kong.Flag) bool { return flag.Target.Type() == reflect.TypeFor[file]() }

func bash(out io.Writer, app *kong.Application) error {
	var names []string
	files := []string{"-f", "-o"}
	var b strings.Builder
	for _, c := range subcommands(app) {
		names = append(names, c.name)
		var flags []string
		for _, flag := range c.flags {
			flags = append(flags, "-"+flag.Name)
			if takesFile(flag) && !slices.Contains(files, "-"+flag.Name) {
				files = append(files, "-"+flag.Name, "--"+flag.Name)
			}
		}
		fmt.Fprintf(&b, "    %s) words=%q; flags=%q ;;\n", c.name, strings.Join(c.words, " "), strings.Join(flags, " "))
	}
	_, err := fmt.Fprintf(out, `_halopsa() {
  local current="${COMP_WORDS[COMP_CWORD]}" words="" flags=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W %q -- "$current"))
    return
  fi
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    %s) COMPREPLY=(); return ;; # the shell completes files
  esac
  case "${COMP_WORDS[1]}" in
%s  esac
  if [ "$COMP_CWORD" -eq 2 ] && [ "${current:0:1}" != "-" ]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    COMPREPLY=($(compgen -W "$flags" -- "$current"))
  fi
}
complete -o default -F _halopsa halopsa
`, strings.Join(names, " "), strings.Join(files, "|"), b.String())
	return err
}

func fish(out io.Writer, app *kong.Application) error {
	var b strings.Builder
	for _, c := range subcommands(app) {
		fmt.Fprintf(&b, "complete -c halopsa -n __fish_use_subcommand -f -a %s -d %q\n", c.name, c.help)
		for _, flag := range c.flags {
			value := ""
			switch {
			case takesFile(flag):
				value = " -r -F"
			case !flag.IsBool():
				value = " -x"
			}
			for _, dashes := range []string{"-o", "-l"} { // flags may have one dash or two
				fmt.Fprintf(&b, "complete -c halopsa -n '__fish_seen_subcommand_from %s' %s %s%s\n", c.name, dashes, flag.Name, value)
			}
		}
		fmt.Fprintf(&b, "complete -c halopsa -n '__fish_seen_subcommand_from %s; and test (count (commandline -opc)) -eq 2' -f -a %q\n", c.name, strings.Join(c.words, " "))
	}
	_, err := io.WriteString(out, b.String())
	return err
}
