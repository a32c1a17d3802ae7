import Foundation

/// So much of JSON Schema as the schemas here use: type, pattern, properties, required, additionalProperties, items, const.
///
/// Stricter than JSON Schema in one thing: a member that a schema does not name is a fault, unless its `additionalProperties` let it stand or the schema
/// says nothing at all of what stands there. Readers pass over what they do not know; whoever writes a document writes down what is in it.
enum SchemaCheck {
    /// What of a schema this check would pass over, each with its place: words that it does not understand, and members that are required but nowhere described.
    static func faults(ofSchema schema: [String: Any], at place: String = "$") -> [String] {
        let words: Set<String> = ["$schema", "$id", "title", "description", "type", "pattern", "properties", "required", "additionalProperties", "items", "const"]
        let properties = schema["properties"] as? [String: [String: Any]]
        var faults = schema.keys.filter { !words.contains($0) }.map { "\(place) says \($0), which is not understood" }
        if schema["pattern"] != nil, pattern(of: schema) == nil { faults.append("\(place) has a pattern that is none") }
        if schema["properties"] != nil, properties == nil { faults.append("\(place) has properties that are no schemas") }
        faults += (schema["required"] as? [String] ?? []).filter { properties?[$0] == nil }.map { "\(place) requires \($0), and does not say what that is" }
        for (name, own) in properties ?? [:] { faults += Self.faults(ofSchema: own, at: "\(place).\(name)") }
        for word in ["additionalProperties", "items"] {
            if let below = schema[word] as? [String: Any] { faults += Self.faults(ofSchema: below, at: "\(place).\(word)") }
        }
        return faults
    }

    /// What in a document that a program wrote, or in any of several, is not as the schema says that it names.
    static func faults(ofDocument text: String) throws -> [String] {
        let document = try JSONSerialization.jsonObject(with: Data(text.utf8))
        let folder = BookTests.root.appendingPathComponent("Documentation/Schema")
        return try (document as? [[String: Any]] ?? [document as? [String: Any] ?? [:]]).flatMap { one -> [String] in
            guard let name = one["schema"] as? String else { return ["it names no schema"] }
            let file = folder.appendingPathComponent(name.replacing("/", with: ".") + ".json")
            guard let schema = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] else { return ["\(name) is no schema"] }
            return faults(of: one, by: schema)
        }
    }

    /// What in `value` is not as `schema` says, each with its place.
    static func faults(of value: Any, by schema: [String: Any], at place: String = "$") -> [String] {
        if let wanted = schema["const"] as? String, value as? String != wanted { return ["\(place) is not \(wanted)"] }
        let types = schema["type"] as? [String] ?? (schema["type"] as? String).map { [$0] } ?? []
        let kind = kind(value)
        guard types.isEmpty || types.contains(kind) || kind == "integer" && types.contains("number") else { return ["\(place) is \(kind), not \(types)"] }
        if let text = value as? String, let pattern = pattern(of: schema), text.firstMatch(of: pattern) == nil {
            return ["\(place) is '\(text)', not as its pattern says"]
        }
        var faults: [String] = []
        if let object = value as? [String: Any] {
            let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
            for name in schema["required"] as? [String] ?? [] where object[name] == nil { faults.append("\(place) has no \(name)") }
            let others = schema["additionalProperties"]
            let isOpen = others as? Bool == true || others == nil && schema["type"] == nil && schema["properties"] == nil
            for (name, member) in object {
                if let own = properties[name] {
                    faults += Self.faults(of: member, by: own, at: "\(place).\(name)")
                } else if let others = others as? [String: Any] {
                    faults += Self.faults(of: member, by: others, at: "\(place).\(name)")
                } else if !isOpen {
                    faults.append("\(place) has \(name), which the schema does not know")
                }
            }
        }
        if let elements = value as? [Any], let items = schema["items"] as? [String: Any] {
            for (index, element) in elements.enumerated() { faults += Self.faults(of: element, by: items, at: "\(place)[\(index)]") }
        }
        return faults
    }

    private static func pattern(of schema: [String: Any]) -> Regex<AnyRegexOutput>? {
        guard let text = schema["pattern"] as? String else { return nil }
        return try? Regex<AnyRegexOutput>(text)
    }

    private static func kind(_ value: Any) -> String {
        switch value {
        case is NSNull: return "null"
        case is String: return "string"
        case is [Any]: return "array"
        case is [String: Any]: return "object"
        case let number as NSNumber:
            if type(of: number) == type(of: NSNumber(value: true)) || String(cString: number.objCType) == "c" { return "boolean" }
            return number.doubleValue == number.doubleValue.rounded() ? "integer" : "number"
        case _: return "unknown"
        }
    }
}
