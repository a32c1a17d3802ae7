extension TenantTransaction {
    /// The least schemas that may write and read here. An older device hands its work in all the same, into quarantine; one that may not
    /// read is told nothing new.
    public func setLeastSchemas(write: UInt32, read: UInt32, at time: Int64) throws(StoreError) {
        precondition(read <= write, "whoever may write may read")
        let doing: StaticString = "setting the least schemas"
        let row = try statement(.setLeastSchemas, doing: doing)
        row.bind(Int64(write), at: 1)
        row.bind(Int64(read), at: 2)
        try row.run(doing: doing)
        try noteAct("schema.least", detail: "read \(read) write \(write)", at: time)
    }

    /// The server's program knows a newer schema than the one that wrote here last: from now on the tenant's is that. Never goes back.
    ///
    /// - Returns: false where nothing was to be done.
    @discardableResult
    public func adoptSchema(_ schema: UInt32, at time: Int64) throws(StoreError) -> Bool {
        guard try identity().schema < schema else { return false }
        let row = try statement(.adoptSchema, doing: "adopting a schema")
        row.bind(Int64(schema), at: 1)
        try row.run(doing: "adopting a schema")
        try noteAct("schema.adopt", detail: "\(schema)", at: time)
        return true
    }
}
