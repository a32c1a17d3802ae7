extension RoleTable {
    /// The table for programs: for each role what it reads, and for each record type that it may write the owner of the records
    /// (`any` or `own`) by operation.
    public static var json: JSONValue {
        .object(Role.allCases.map { role in
            let types = Catalogue.types.compactMap { type -> JSONMember? in
                let operations = Operation.allCases.compactMap { operation -> JSONMember? in
                    let owner: Owner? = allows(role, operation, type, isOwn: false) ? .any : allows(role, operation, type, isOwn: true) ? .own : nil
                    return owner.map { JSONMember(operation.key, .string($0.rawValue)) }
                }
                return operations.isEmpty ? nil : JSONMember(type.key, .object(operations))
            }
            return JSONMember(role.key, .object([JSONMember("reads", .string(reading(of: role).rawValue)), JSONMember("writes", .object(types))]))
        })
    }
}

extension RoleTable.Operation {
    fileprivate var key: String {
        switch self {
        case .create: "create"
        case .edit: "edit"
        case .delete: "delete"
        case .resolve: "resolve"
        }
    }
}
