public import SeamarkJournal

extension EngagementFile {
    /// Reads a document for the engagement `scope`, whole or not at all.
    ///
    /// - Parameters:
    ///   - existing: the records of that scope, so that those of the same handle are met.
    ///   - directory: finds members by handle.
    public init(
        reading bytes: [UInt8], scope: Identifier, existing: [RecordView], directory: References, primitives: any Primitives
    ) throws(EngagementFileError) {
        let json: JSONValue
        do throws(JSONError) { json = try JSONParser.parse(bytes, atMost: EngagementFile.longest) } catch { throw .notJSON(error) }
        guard json["format"]?.text == EngagementFile.format, let version = json["version"]?.integer else { throw .otherFormat }
        guard version <= EngagementFile.version else { throw .newerVersion }
        guard version >= EngagementFile.oldestVersion else { throw .otherFormat }
        var reader = Reader(scope: scope, existing: existing, directory: directory, primitives: primitives)
        reader.read(json)
        guard reader.problems.isEmpty else { throw .problems(reader.problems) }
        rows = reader.rows
    }

    /// Reads the sections twice: first who is there, then what they say.
    private struct Reader {
        /// A row that was found, before its fields are read.
        struct Found {
            let place: Place
            let type: RecordType
            let id: Identifier?
            let members: [JSONMember]
            /// Place in `found` of the row that it stands inside, and the field that refers to it.
            let parent: (row: Int, field: UInt32)?
        }

        let scope: Identifier
        let existing: References
        let directory: References
        let primitives: any Primitives
        var problems: [EngagementFileProblem] = []
        var rows: [Row] = []
        private var found: [Found] = []
        private var handles: [String: Identifier] = [:]

        init(scope: Identifier, existing: [RecordView], directory: References, primitives: any Primitives) {
            self.scope = scope
            self.existing = References(existing)
            self.directory = directory
            self.primitives = primitives
        }

        mutating func read(_ json: JSONValue) {
            for member in json.members ?? [] where !["format", "version", "engagement"].contains(member.name) {
                if !EngagementFile.sections.contains(where: { $0.key == member.name }) {
                    complain(TextRule.quoted(member.name), 0, nil, nil, "is no section; remove it or update Seamark")
                }
            }
            if let engagement = json["engagement"] { find(engagement, "engagement", 1, Catalogue.engagement, id: scope, parent: nil) }
            for section in EngagementFile.sections {
                guard let value = json[section.key] else { continue }
                guard let elements = value.elements else {
                    complain(section.key, 0, nil, nil, "must be an array of objects")
                    continue
                }
                for (index, element) in elements.enumerated() {
                    find(element, section.key, index + 1, section.type, id: nil, parent: nil, inside: section.inside)
                }
            }
            guard problems.isEmpty else { return }
            for index in found.indices { readFields(index) }
        }

        // MARK: - Who is there

        private mutating func find(
            _ json: JSONValue, _ section: String, _ row: Int, _ type: RecordType, id known: Identifier?, parent: (row: Int, field: UInt32)?,
            inside: (key: String, type: RecordType, parent: UInt32)? = nil
        ) {
            guard let members = json.members else { return complain(section, row, nil, nil, "must be an object") }
            var id = known
            var handle: String?
            if type.handlePrefix != nil {
                guard let text = json["handle"]?.text, FieldKind.code.fault(in: .text(text)) == nil else {
                    return complain(section, row, nil, "handle", "must be given: a short code of letters and digits that is unique among \(section)")
                }
                handle = text
                if type === Catalogue.contributor, directory.identifier(text, [Catalogue.member.number]) != nil { return }
                let resolved = id ?? existing.identifier(text, [type.number])
                    ?? DerivedIdentifiers.imported(scope: scope, type: type.number, handle: text.lowercased(), by: primitives)
                id = resolved
                guard handles.updateValue(resolved, forKey: Reader.key(text, type.number)) == nil else {
                    return complain(section, row, text, "handle", "stands on two rows; give one another handle")
                }
            }
            let own = found.count
            found.append(Found(
                place: Place(section: section, row: row, handle: handle), type: type, id: id,
                members: members.filter { $0.name != inside?.key }, parent: parent))
            guard let inside, let nested = json[inside.key] else { return }
            guard let elements = nested.elements else { return complain(section, row, handle, inside.key, "must be an array of objects") }
            for (index, element) in elements.enumerated() {
                find(element, "\(section) row \(row)\(handle.map { " (\($0))" } ?? ""), \(inside.key)", index + 1, inside.type, id: nil, parent: (own, inside.parent))
            }
        }

        private static func key(_ handle: String, _ type: RecordTypeNumber) -> String { "\(type)/\(handle.lowercased())" }

        private func references() -> References {
            References(
                identifier: { handle, types in
                    // A contributor who has become a member is that member.
                    if types.contains(Catalogue.member.number), let id = directory.identifier(handle, [Catalogue.member.number]) { return id }
                    for type in types {
                        if let id = handles[Reader.key(handle, type)] { return id }
                    }
                    return existing.identifier(handle, types)
                },
                handle: { existing.handle($0) ?? directory.handle($0) })
        }

        // MARK: - What they say

        private mutating func readFields(_ index: Int) {
            let row = found[index]
            let references = references()
            var values: [(field: FieldDefinition, value: Value)] = []
            var sets: [(field: FieldDefinition, elements: [Value])] = []
            let before = problems.count
            if let parent = row.parent, let field = row.type.field(parent.field), let id = found[parent.row].id {
                values.append((field, .id(id)))
            }
            for member in row.members {
                if row.type === Catalogue.overlap, member.name == "lines" {
                    readPair(member.value, row, references, &values)
                    continue
                }
                guard let field = row.type.field(key: member.name), field.number != CommonField.createdAt, field.number != row.parent?.field,
                    row.type !== Catalogue.overlap || field.number > 11
                else {
                    complain(row.place, TextRule.quoted(member.name), "is no field of a \(row.type.label); remove it or correct its name")
                    continue
                }
                if member.value == .null { continue }
                if field.isSet {
                    guard let elements = member.value.elements else {
                        complain(row.place, field.key, "must be a list")
                        continue
                    }
                    sets.append((field, elements.compactMap { read($0, field, row, references) }))
                } else if let value = read(member.value, field, row, references) {
                    values.append((field, value))
                }
            }
            for field in row.type.fields where field.isRequired && field.number != CommonField.createdAt {
                if !row.members.contains(where: { $0.name == field.key && $0.value != .null }), !values.contains(where: { $0.field.number == field.number }),
                    problems.count == before
                {
                    complain(row.place, row.type === Catalogue.overlap ? "lines" : field.key, "must be given")
                }
            }
            guard problems.count == before, let id = row.id ?? derived(row, values) else { return }
            if row.id == nil, rows.contains(where: { $0.id == id && $0.type === row.type }) {
                return complain(row.place, nil, "says the same thing a second time; merge the two rows")
            }
            values.sort { $0.field.number < $1.field.number }
            sets.sort { $0.field.number < $1.field.number }
            rows.append(Row(place: row.place, type: row.type, id: id, values: values, sets: sets))
        }

        private mutating func read(_ json: JSONValue, _ field: FieldDefinition, _ row: Found, _ references: References) -> Value? {
            do throws(FieldFault) {
                let value = try field.kind.unchecked(from: json, references: references)
                guard let fault = field.kind.fault(in: value) else { return value }
                complain(row.place, field.key, fault.sentence(about: field.label, holding: value, of: field.kind, references: references))
            } catch {
                complain(row.place, ([field.key] + error.path).joined(separator: "."), error.demand)
            }
            return nil
        }

        /// The two lines of an overlap, the lesser id first, whatever their order in the document.
        private mutating func readPair(
            _ json: JSONValue, _ row: Found, _ references: References, _ values: inout [(field: FieldDefinition, value: Value)]
        ) {
            let ids = (json.elements ?? []).compactMap { $0.text.flatMap { references.identifier($0, [Catalogue.leakageLine.number]) } }
            guard let first = Catalogue.overlap.field(10), let second = Catalogue.overlap.field(11), json.elements?.count == 2, ids.count == 2, ids[0] != ids[1]
            else { return complain(row.place, "lines", "must be the handles of two different lines, such as [\"L4\", \"L7\"]") }
            values.append((first, .id(min(ids[0], ids[1]))))
            values.append((second, .id(max(ids[0], ids[1]))))
        }

        /// The id of a row that is named by its parts.
        private func derived(_ row: Found, _ values: [(field: FieldDefinition, value: Value)]) -> Identifier? {
            func value(_ number: UInt32) -> Value? { values.first { $0.field.number == number }?.value }
            return DerivedIdentifiers.identifier(of: row.type, by: primitives, part: value)
        }

        // MARK: - Problems

        private mutating func complain(_ place: Place, _ field: String?, _ words: String) {
            complain(place.section, place.row, place.handle, field, words)
        }

        private mutating func complain(_ section: String, _ row: Int, _ handle: String?, _ field: String?, _ words: String) {
            guard problems.count < EngagementFileError.mostProblems else { return }
            problems.append(EngagementFileProblem(section: section, row: row, handle: handle, field: field, words: words))
        }
    }
}
