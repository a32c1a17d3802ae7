extension Catalogue {
    /// The catalogue as a page for whoever writes a client: `Documentation/Records.md` is this text.
    public static var page: String {
        ([introduction] + types.map(\.section) + [derived, roles]).joined(separator: "\n")
    }

    private static var introduction: String {
        """
        # Records

        Made from the catalogue in `Sources/SeamarkModel/Records` (schema \(version)); a test holds it equal. Do not edit it by hand.
        `Protocol/SPEC.md` says how edits, values and changes are written; this page says which records there are and what their fields may hold.
        Numbers and keys are stable for ever. What a reader does not know (type, field, choice, member of a group) it keeps and passes on.

        **Home.** *engagement*: the log of one engagement. *shared*: the tenant's shared log, which headquarters alone writes. *published*: what an
        engagement's client viewers read, which headquarters alone writes.
        **Handle.** Field 1, the name for people: prefix, `-`, the device's letters, a number of at least three digits (`L-A001`). Types without one are
        named by their parts. A record's id is a UUIDv7, unless *Derived ids* below says otherwise; an engagement's is its scope's.
        **Units** of factors: a name or `1`, then any number of `/name`; upper case, a plural `s`, and `year` or `a` for `yr` do not matter. The range of a factor whose unit begins
        with `money` counts hundredths.

        **Value** names the kind of SPEC section 1 and its bounds, both ends included:

        | written | value |
        |---|---|
        | text a to b | kind 5, so many Unicode scalars; *line*: no control characters (U+0000–001F, 007F–009F, 2028, 2029) and none that turns the direction of writing; *lines*: line feeds too, and direction; *code*: only A–Z, a–z, 0–9 and `-_.@` |
        | integer a to b | kind 3 |
        | number a to b | kind 4 |
        | money a to b | kind 3: hundredths of the engagement's currency |
        | basis points a to b | kind 3: hundredths of a percent |
        | score | kind 3: 0 (controlled) to 4 (severe) |
        | true or false | kind 1 or 2 |
        | choice: … | kind 3: one of these numbers |
        | date | kind 3: days since 1970-01-01, \(CalendarDate.days.lowerBound) to \(CalendarDate.days.upperBound) |
        | time | kind 3: milliseconds since 1970 UTC, \(CalendarDate.milliseconds.lowerBound) to \(CalendarDate.milliseconds.upperBound) |
        | seconds a to b | kind 3 |
        | id of … | kind 7: the id of a record of one of these types; it need not be there |
        | n bytes | kind 6 |
        | list a to b of … | kind 8, so many values |
        | group | kind 9; its members follow, each with its number |
        | three points of … | kind 9 with members 1 low, 2 likely, 3 high, all given and not falling |
        | points of domains, of seams | kind 8 of groups (kind 9): 1 the domain's code (text) or the seam (id), 2 the points (integer 1–100); ascending by the encoding of member 1, each once; at most 100 points together |

        **Class** says how a field merges: *I* set once (of creations that did not see one another the earliest stands); *O* changed by its author alone, until its interview is finalised (where the type has an interview field); *R* one head
        is shown, all are kept; *RC*, *G*, *T* differing heads are a conflict for a person; *S* a set, one target for each element (target code 2n + 1), the value is
        that of an element, present wins; *M* the greatest choice wins; *G+M* consent: the greatest state, the scope that all heads allow; *H* written by headquarters alone.
        **Required**: an edit of it is in the change that makes the record (the one that sets `createdAt`), and it is never cleared. **Sensitive**: travels beside the block (SPEC section 2); other fields never do; the absent value that clears one is in the open.

        """
    }

    private static var derived: String {
        """
        ## Derived ids

        Where two people must meet in one record, its id is derived (SPEC section 1) for a purpose from parts: 16 bytes for an id, UTF-8 without a length for text.

        | type | purpose | parts |
        |---|---|---|
        | 25 answer | `answer` | id of the interview, id of the scorer, the question's code |
        | 64 formAnswer | `formAnswer` | id of the interview, id of the questionnaire, id of the scorer, the question's name |
        | 31 seamModeScore | `seamModeScore` | id of the seam, id of the scorer, the mode's number in decimal |
        | 36 initiativeTarget | `initiativeTarget` | id of the initiative, id of the line |
        | 55 gateResult | `gateResult` | id of the review, the criterion's number in decimal |
        | 41 overlap | `overlap` | the lesser id of the two lines, the greater |
        | 71 publicationPart | `publicationPart` | id of the publication, the document's number in decimal, `/`, the part's number in decimal |
        | 4 instrument | `instrument` | key, `@`, edition in decimal |
        | 24 interview, carried to a later edition | `carriedInterview` | id of the interview that it was carried from, key, `@`, edition in decimal |
        | any, from an engagement file | `imported` | id of the scope, the type's number in decimal, `/`, the handle |

        """
    }

    private static var roles: String {
        """
        ## Roles

        Who may do what: C create, E edit, D delete and restore, R resolve (replace several differing heads of an RC, G or T field); in small letters on records of one's own, `-` nothing. A record is the
        member's whose `createdAt` is shown. Headquarters may do everything; classes bind it too. `seamark-server roles` prints this table.

        ```
        \(RoleTable.text)```

        """
    }
}

extension RecordType {
    fileprivate var section: String {
        var lines = ["## \(number) `\(key)`: \(label)", ""]
        var facts = ["Home: \(home.words).", handlePrefix.map { "Handle: `\($0)`." } ?? "No handle."]
        if let interviewField { facts.append("Interview field: \(interviewField).") }
        lines += [facts.joined(separator: " "), "", "| field | key | value | class | required | sensitive |", "|---|---|---|---|---|---|"]
        for field in fields {
            let cells = [
                "\(field.number)", "`\(field.key)`", field.kind.words, field.merge.words + (field.isSet && field.isHeadquarters ? ", written by headquarters alone" : ""), field.isRequired ? "yes" : "", field.isSensitive ? "yes" : "",
            ]
            lines.append("| " + cells.joined(separator: " | ") + " |")
            if case .group(let group) = field.kind { lines += group.rows(inside: "\(field.number)", field.key) }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension GroupDefinition {
    /// A row for each member, then one for each rule.
    fileprivate func rows(inside number: String, _ key: String) -> [String] {
        var rows: [String] = []
        for member in members {
            let (number, key) = ("\(number).\(member.number)", "\(key).\(member.key)")
            rows.append("| \(number) | `\(key)` | \(member.kind.words)\(member.isRetired ? "; read, and written no more" : "") | | \(member.isRequired ? "in the group" : "") | |")
            if case .list(.group(let inner), _) = member.kind { rows += inner.rows(inside: number + "[]", key + "[]") }
        }
        return rows + rules.map { "| \(number) | `\(key)` | *\(words(of: $0))* | | | |" }
    }

    private func words(of rule: GroupRule) -> String {
        func keys(_ numbers: [UInt32]) -> String { numbers.map { member($0)?.key ?? "\($0)" }.joined(separator: ", ") }
        switch rule {
        case .exactlyOne(let numbers): return "exactly one of \(keys(numbers)) is given"
        case .exactlyOneOrElse(let numbers, let other): return "exactly one of \(keys(numbers)) is given, or \(keys([other])) alone"
        case .hasAPrice: return "a price that can be computed with; inputs are those of the variant, in units that give money a year, and no difference falls below 0"
        case .onlyWhen(let by, let choice, let numbers): return "given if, and only if, \(keys([by])) is \(choice): \(keys(numbers))"
        case .ascending(let numbers): return "those given do not fall: \(keys(numbers))"
        case .unitsGiveMoneyPerYear(let number): return "the units of \(keys([number])) multiply to money a year"
        case .ascendingChoices(let number): return "\(keys([number])) ascends, each choice once"
        }
    }
}

extension MergeClass {
    fileprivate var words: String {
        guard case .lattice(let lattice) = self else { return letter }
        let lowered =
            switch lattice.loweredBy {
            case .nobody: "never lowered"
            case .headquarters: "lowered by headquarters"
            case .lead: "lowered by a lead"
            }
        return "\(letter), \(lowered)" + (lattice.leadFrom.map { ", raised to \($0) and beyond by a lead" } ?? "")
    }
}

extension FieldKind {
    fileprivate var words: String {
        switch self {
        case .text(let rule): "text \(rule.shortest) to \(rule.longest), \(rule.isCode ? "code" : rule.isName ? "line" : "lines")"
        case .integer(let bounds): "integer \(bounds.lowerBound) to \(bounds.upperBound)"
        case .number(let bounds): "number \(bounds.lowerBound) to \(bounds.upperBound)"
        case .money(let bounds): "money \(bounds.lowerBound) to \(bounds.upperBound)"
        case .basisPoints(let most): "basis points 0 to \(most)"
        case .score: "score"
        case .boolean: "true or false"
        case .choice(let choices): "choice: " + choices.choices.map { "\($0.number) \($0.key)" }.joined(separator: ", ")
        case .date: "date"
        case .time: "time"
        case .duration(let bounds): "seconds \(bounds.lowerBound) to \(bounds.upperBound)"
        case .reference(let types): "id of " + types.map { "\($0) \(Catalogue.type($0)?.key ?? "")" }.joined(separator: ", ")
        case .bytes(let count): "\(count) bytes"
        case .list(let kind, let count): "list \(count.lowerBound) to \(count.upperBound) of \(kind.words)"
        case .group: "group"
        case .threePoint(let kind): "three points of \(kind.words)"
        case .points(.domains): "points of domains"
        case .points(.seams): "points of seams"
        }
    }
}

extension RecordType.Home {
    fileprivate var words: String {
        switch self {
        case .shared: "shared"
        case .engagement: "engagement"
        case .published: "published"
        }
    }
}
