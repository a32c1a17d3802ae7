// The name under which the shape of a document is written down (`Documentation/Json.md`).
extension JSONValue {
    /// With the name of its schema as the first member. A list stays a list: each object in it says the name.
    public func named(_ schema: String) -> JSONValue {
        switch self {
        case .object(let members): .object([JSONMember("schema", .string(schema))] + members)
        case .array(let elements): .array(elements.map { $0.members == nil ? $0 : $0.named(schema) })
        case .null, .bool, .integer, .number, .string: self
        }
    }
}
