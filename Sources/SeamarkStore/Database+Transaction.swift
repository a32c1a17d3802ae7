internal import GRDB

extension Database {
    /// All that `body` reads is of one moment, and all that it writes is committed together before this returns; if it throws, nothing of it
    /// happened.
    ///
    /// GRDB's own transactions compile `BEGIN` and `COMMIT` anew each time, which is most of what a short one costs. These stay prepared
    /// beside the connection's other statements.
    func transaction<Value>(_ kind: TransactionKind, doing: StaticString, _ body: () throws -> Value) throws -> Value {
        try PreparedStatement(kind == .deferred ? "BEGIN DEFERRED" : "BEGIN IMMEDIATE", in: self, doing: doing).run(doing: doing)
        do {
            let value = try body()
            try PreparedStatement("COMMIT", in: self, doing: doing).run(doing: doing)
            return value
        } catch {
            // SQLite itself may have ended it: after a full disk, say.
            if isInsideTransaction { try? rollback() }
            throw error
        }
    }

    /// The same within a transaction that is open: what `body` writes stays in it; if it throws, nothing of it happened, and what was written before
    /// stays.
    func part<Value>(doing: StaticString, _ body: () throws -> Value) throws -> Value {
        // Outside of one this would begin it, and its end commit it: SQLite itself may have ended it, after a full disk, say.
        guard isInsideTransaction else { throw StoreError(.failed, doing: doing, detail: "the transaction around it has ended") }
        try PreparedStatement("SAVEPOINT part", in: self, doing: doing).run(doing: doing)
        do {
            let value = try body()
            try PreparedStatement("RELEASE part", in: self, doing: doing).run(doing: doing)
            return value
        } catch {
            if isInsideTransaction {
                try? PreparedStatement("ROLLBACK TO part", in: self, doing: doing).run(doing: doing)
                try? PreparedStatement("RELEASE part", in: self, doing: doing).run(doing: doing)
            }
            throw error
        }
    }
}
