import ArgumentParser

/// The shells' scripts as the parser writes them, with what it leaves out: what nouns are called besides, what stands behind a noun whose verb may be left
/// out, and keys behind which their value follows without a space.
enum CompletionScript {
    /// What the program was asked for by these words; nil for anything but a script.
    static func asked(_ words: [String]) -> CompletionShell? {
        words.first == "--generate-completion-script" && words.count == 2 ? CompletionShell(rawValue: words[1]) : nil
    }

    static func whole(_ script: String, for shell: CompletionShell) -> String {
        let nouns = Seamark.configuration.subcommands.filter { $0.configuration.shouldDisplay && !$0.configuration.aliases.isEmpty }
            .flatMap { noun in noun.configuration.aliases.map { (alias: $0, noun: noun._commandName, words: noun.configuration.abstract) } }
        var script = script
        /// Puts `addition` behind the first line with `start`, in the part that begins with `part`.
        func add(_ addition: String, behind start: String, in part: String = "") {
            guard let from = part.isEmpty ? script.startIndex : script.firstRange(of: part)?.upperBound,
                let line = script[from...].firstRange(of: start), let end = script[line.upperBound...].firstIndex(of: "\n")
            else { return }
            script.insert(contentsOf: "\n" + addition, at: end)
        }
        // `seamark interview IV-A001`: the verb's first argument.
        let shortened = Seamark.configuration.subcommands.compactMap { noun in
            noun.configuration.subcommands.contains { $0 == InterviewRun.self } ? (noun: noun._commandName, verb: InterviewRun._commandName) : nil
        }
        switch shell.rawValue {
        case "bash":
            let cases = nouns.map { "    \($0.alias)) [[ \"${#unparsed_words[@]}\" -gt 1 ]] && unparsed_words[0]=\($0.noun) ;;" }
            add((["    case \"${unparsed_words[0]}\" in"] + cases + ["    esac"]).joined(separator: "\n"), behind: "    local -a unparsed_words=(")
            let names = Seamark.configuration.subcommands.filter { $0.configuration.shouldDisplay }.map { $0._commandName }.joined(separator: " ")
            if let list = script.firstRange(of: "compgen -W '\(names)") { script.insert(contentsOf: nouns.map { " " + $0.alias }.joined(), at: list.upperBound) }
            for (noun, verb) in shortened {
                add(
                    "        __seamark_add_completions -W \"$(__seamark_custom_complete ---completion \(noun) \(verb) -- positional@0 \"${COMP_CWORD}\" \"$(__seamark_cursor_index_in_current_word)\")\"",
                    behind: "COMPREPLY+=($(compgen -W", in: "\n_seamark_\(noun)() {")
            }
            add("    if [[ \"${COMPREPLY[0]}\" == *= ]]; then compopt -o nospace +o filenames 2>/dev/null; fi", behind: "    done < <(IFS=")
        case "zsh":
            let cases = nouns.map { "        \($0.alias)) words[2]=\($0.noun) ;;" }
            add((["    if (( CURRENT > 2 )); then", "        case \"${words[2]}\" in"] + cases + ["        esac", "    fi"]).joined(separator: "\n"), behind: "    local -ir current_word_index=")
            for noun in nouns { add("            '\(noun.alias):\(noun.words.replacing("'", with: "'\\''"))'", behind: "            '\(noun.noun):") }
            for (noun, verb) in shortened {
                add(
                    "        __seamark_custom_complete ---completion \(noun) \(verb) -- positional@0 \"${current_word_index}\" \"$(__seamark_cursor_index_in_current_word)\" && ret=0",
                    behind: "_describe -V subcommand subcommands", in: "\n_seamark_\(noun)() {")
            }
            script = script.replacing("local -ar non_empty_completions=(\"${@:#(|:*)}\")", with: "local -ar assignments=(\"${(M)@:#*=}\")\n    local -ar non_empty_completions=(\"${@:#(|:*|*=)}\")")
                .replacing("_describe -V '' non_empty_completions --", with: "_describe -V '' assignments -S '' -- non_empty_completions --")
        case "fish":
            let cases = nouns.map { "        case '\($0.alias)'\n            set unparsed_tokens[2] '\($0.noun)'" }
            add((["    switch \"$unparsed_tokens[2]\""] + cases + ["    end"]).joined(separator: "\n"), behind: "    set -l unparsed_tokens (")
            for noun in nouns {
                add(
                    "complete -c 'seamark' -n '__seamark_should_offer_completions_for_positional \"seamark\" -eq 1' -fa '\(noun.alias)' -d '\(noun.words.replacing("'", with: "\\'"))'",
                    behind: "complete -c 'seamark' -n '__seamark_should_offer_completions_for_positional \"seamark\" -eq 1' -fa '\(noun.noun)'")
            }
            for (noun, verb) in shortened {
                let place = "complete -c 'seamark' -n '__seamark_should_offer_completions_for_positional \"seamark \(noun)\" -eq 1' "
                add(place + "-fka '(__seamark_custom_completion ---completion \(noun) \(verb) -- positional@0 (count (__seamark_tokens -pc)) (__seamark_tokens -tC))'", behind: place + "-fa '\(verb)'")
            }
        case _: break
        }
        return script
    }
}
