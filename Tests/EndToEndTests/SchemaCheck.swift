import Foundation

/// So much of JSON Schema as the schemas here use: type, properties, required, additionalProperties, items, const.
enum SchemaCheck {
    /// What in `value` is not as `schema` says, each with its place.
    static func faults(of value: Any, by schema: [String: Any], at place: String = "$") -> [String] {
        if let wanted = schema["const"] as? String, value as? String != wanted { return ["\(place) is not \(wanted)"] }
        let types = schema["type"] as? [String] ?? (schema["type"] as? String).map { [$0] } ?? []
        let kind = kind(value)
        guard types.isEmpty || types.contains(kind) || kind == "integer" && types.contains("number") else { return ["\(place) is \(kind), not \(types)"] }
        var faults: [String] = []
        if let object = value as? [String: Any] {
            let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
            for name in schema["required"] as? [String] ?? [] where object[name] == nil { faults.append("\(place) has no \(name)") }
            for (name, member) in object {
                if let own = properties[name] {
                    faults += Self.faults(of: member, by: own, at: "\(place).\(name)")
                } else if let others = schema["additionalProperties"] as? [String: Any] {
                    faults += Self.faults(of: member, by: others, at: "\(place).\(name)")
                } else if schema["additionalProperties"] as? Bool == false {
                    faults.append("\(place) has \(name), which the schema does not know")
                }
            }
        }
        if let elements = value as? [Any], let items = schema["items"] as? [String: Any] {
            for (index, element) in elements.enumerated() { faults += Self.faults(of: element, by: items, at: "\(place)[\(index)]") }
        }
        return faults
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
