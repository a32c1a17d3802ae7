import SeamarkJournal

// The same bytes as `json(references:)` written compactly, without a document in between: a server writes one a record it applies.
extension RecordView {
    /// Appends the record's document to `out`.
    public func write(to out: inout [UInt8], references: References) {
        out.append(contentsOf: "{\"id\":".utf8)
        JSONWriter.write(id, to: &out)
        out.append(contentsOf: ",\"type\":".utf8)
        JSONWriter.write(type?.key ?? String(state.type), to: &out)
        var withheld: [String] = []
        var isPlain = true
        let slots = state.slots
        var index = 0
        while index < slots.count {
            // By index: a slot taken out whole costs a retain for each thing it holds, and this is the hot path.
            if slots[index].heads.count > 1 { isPlain = false }
            guard let number = slots[index].target.number, let field = type?.field(number) else {
                isPlain = false
                index += 1
                continue
            }
            guard field.isSet else {
                // An element of a field that is no set here: of a newer version, and not shown.
                if case .field = slots[index].target {
                    switch RecordView.shown(slots[index].heads, field) {
                    case .nothing: break
                    case .withheld: withheld.append(field.key)
                    case .value(let value):
                        out.append(contentsOf: field.documentName)
                        field.kind.write(value, to: &out, references: references)
                    }
                }
                index += 1
                continue
            }
            var elements: [JSONValue] = []
            while index < slots.count, slots[index].target.number == number {
                if case .element(_, let element) = slots[index].target, slots[index].heads.contains(where: { $0.content.value == .bool(true) }) {
                    elements.append(field.kind.json(of: element, references: references))
                }
                index += 1
            }
            guard !elements.isEmpty else { continue }
            out.append(contentsOf: field.documentName)
            JSONWriter.write(.array(elements.sorted { HandleOrder.precedes($0.text ?? "", $1.text ?? "") }), to: &out)
        }
        if !withheld.isEmpty {
            RecordView.writeName("withheld", to: &out)
            JSONWriter.write(.array(withheld.map { .string($0) }), to: &out)
        }
        if !isPlain {
            for member in remarks {
                RecordView.writeName(member.name, to: &out)
                JSONWriter.write(member.value, to: &out)
            }
        }
        out.append(UInt8(ascii: "}"))
    }

    private static func writeName(_ name: String, to out: inout [UInt8]) {
        out.append(UInt8(ascii: ","))
        JSONWriter.write(name, to: &out)
        out.append(UInt8(ascii: ":"))
    }
}

extension FieldKind {
    /// The bytes of `json(of:)`.
    func write(_ value: Value, to out: inout [UInt8], references: References) {
        switch (self, value) {
        case (.integer, .int(let value)), (.money, .int(let value)), (.basisPoints, .int(let value)), (.score, .int(let value)), (.duration, .int(let value)):
            JSONWriter.write(value, to: &out)
        case (.text, .text(let value)): JSONWriter.write(value, to: &out)
        case (.number, .double(let value)): JSONWriter.write(value, to: &out)
        case (.boolean, .bool(let value)): JSONWriter.write(.bool(value), to: &out)
        case (.time, .int(let time)):
            out.append(UInt8(ascii: "\""))
            CalendarDate.write(milliseconds: time, to: &out)
            out.append(UInt8(ascii: "\""))
        case (.reference, .id(let id)):
            if let handle = references.handle(id) { JSONWriter.write(handle, to: &out) } else { JSONWriter.write(id, to: &out) }
        case (.choice(let choices), .int(let number)):
            if let key = choices.key(number) { JSONWriter.write(key, to: &out) } else { JSONWriter.write(json(of: value, references: references), to: &out) }
        case (.threePoint(let kind), .group(let parts)) where parts.count == 3 && parts[0].number == 1 && parts[2].number == 3:
            for (index, part) in parts.enumerated() {
                out.append(contentsOf: (index == 0 ? "{\"low\":" : index == 1 ? ",\"likely\":" : ",\"high\":").utf8)
                kind.write(part.value, to: &out, references: references)
            }
            out.append(UInt8(ascii: "}"))
        case (.group(let group), .group(let parts)) where parts.allSatisfy({ group.member($0.number) != nil }):
            out.append(UInt8(ascii: "{"))
            var isFirst = true
            for part in parts where part.value != .absent {
                guard let member = group.member(part.number) else { continue }
                if !isFirst { out.append(UInt8(ascii: ",")) }
                isFirst = false
                JSONWriter.write(member.key, to: &out)
                out.append(UInt8(ascii: ":"))
                member.kind.write(part.value, to: &out, references: references)
            }
            out.append(UInt8(ascii: "}"))
        case _: JSONWriter.write(json(of: value, references: references), to: &out)
        }
    }
}
