public import SeamarkJournal

/// The device's side of asking what a sync would bring: greeted, it asks what each log weighs that has grown, and closes. Nothing of any log
/// is transferred, and neither end stores anything.
public struct ForecastSession: Sendable {
    public enum Action: Sendable {
        case send(Message)
        case finish(Forecast)
        case fail(SyncProblem)
    }

    private var awaited: [Identifier] = []
    private var forecast: Forecast?
    private var isDone = false

    public init() {}

    public mutating func received(
        _ message: Message, replicas: [Identifier: Replica], _ knowledge: SyncSession.Knowledge
    ) -> [Action] {
        guard !isDone else { return [] }
        guard forecast != nil else {
            switch message {
            case .welcome(let welcome): return greeted(by: welcome, replicas, knowledge)
            case .problem(let problem): return fail(.server(problem))
            case _: return fail(.unexpected("the server did not greet first"))
            }
        }
        switch message {
        case .news(let news):
            guard let one = news.scopes.first, news.scopes.count == 1, one.scope == awaited.first, let known = forecast?.scopes[one.scope] else {
                return fail(.unexpected("a forecast that was not asked for"))
            }
            awaited.removeFirst()
            forecast?.scopes[one.scope]?.weighed(one, after: known.position)
            return goOn()
        case .problem(let problem):
            // Membership altered after the greeting: nothing comes from there.
            guard problem.code == .unknownScope, let scope = awaited.first else { return fail(.server(problem)) }
            awaited.removeFirst()
            forecast?.scopes[scope] = nil
            return goOn()
        case _: return fail(.unexpected("the server said something that does not belong to a forecast"))
        }
    }

    /// The connection ended before the forecast was whole.
    public mutating func ended() -> [Action] { isDone ? [] : fail(forecast == nil ? .closedBeforeGreeting : .cut) }

    private mutating func greeted(
        by welcome: Message.Welcome, _ replicas: [Identifier: Replica], _ knowledge: SyncSession.Knowledge
    ) -> [Action] {
        guard welcome.leastVersion <= Message.version, welcome.version >= Message.leastVersion else { return fail(.noCommonVersion) }
        guard welcome.serverKey.epoch == welcome.epoch, knowledge.isGenuine(welcome.serverKey) else { return fail(.forgedServerKey) }
        guard !knowledge.replacedKeys.contains(welcome.serverKey.key) else { return fail(.replacedServerKey) }
        var forecast = Forecast(isRevoked: welcome.revoked, wipe: welcome.wipe, awaitsConfirmation: welcome.awaitsConfirmation && !welcome.revoked)
        var actions: [Action] = []
        for status in welcome.scopes where status.kind != nil && status.staffed && !welcome.revoked {
            let replica = replicas[status.scope]
            // A log of another epoch is read from its beginning.
            let isSame = replica?.epoch == welcome.epoch
            if replica != nil, !isSame { forecast.isRestored = true }
            let cursor = isSame ? replica?.cursor ?? .beginning : .beginning
            let end = status.streams.first { $0.incarnation == replica?.stream.incarnation }?.end
            forecast.scopes[status.scope] = Forecast.Scope(position: cursor.position, streamEnd: end ?? .beginning)
            guard status.place.position > cursor.position else { continue }
            awaited.append(status.scope)
            actions.append(
                .send(
                    .pull(
                        Message.Pull(
                            scope: status.scope, cursor: cursor, credit: 0, ownIncarnation: replica?.stream.incarnation ?? 0, epoch: welcome.epoch,
                            isForecast: true))))
        }
        self.forecast = forecast
        return actions + goOn()
    }

    private mutating func goOn() -> [Action] {
        guard awaited.isEmpty, let forecast else { return [] }
        isDone = true
        return [.finish(forecast)]
    }

    private mutating func fail(_ problem: SyncProblem) -> [Action] {
        isDone = true
        return [.fail(problem)]
    }
}

/// What the server said a sync would bring.
public struct Forecast: Equatable, Sendable {
    public struct Scope: Equatable, Sendable {
        /// Where the device has read to, or where reading begins anew.
        let position: UInt64
        /// Where the server's copy of the device's present stream ends: blocks after it go up.
        public let streamEnd: StreamEnd
        /// Entries that come down.
        public private(set) var entries = 0
        /// Bytes on the connection that these take with their frames and the questions for them, at most.
        public private(set) var bytes = 0

        init(position: UInt64, streamEnd: StreamEnd) {
            self.position = position
            self.streamEnd = streamEnd
        }

        mutating func weighed(_ news: Message.ScopeNews, after position: UInt64) {
            entries = Int(clamping: news.place.position > position ? news.place.position - position : 0)
            let weight = Int(clamping: news.bytes)
            // Each answer is as full as the credit allows; the entry that comes after the last that fits begins another.
            let answers = 1 + weight / Int(SyncSession.credit) * 2
            bytes = ByteBudget.cost(ofFrame: weight) + answers * Forecast.comparing
        }
    }

    /// By scope, where the member is staffed.
    public internal(set) var scopes: [Identifier: Scope] = [:]
    public let isRevoked: Bool
    /// The order to wipe this device, not yet looked at.
    public let wipe: Message.WipeOrder?
    /// The server's log is another one than the device knows: it is read anew, and what it lacks is handed in, which nothing here counts.
    public internal(set) var isRestored = false

    /// Headquarters has not confirmed this device's words: a sync sends and fetches nothing.
    public let awaitsConfirmation: Bool

    init(isRevoked: Bool, wipe: Message.WipeOrder?, awaitsConfirmation: Bool) {
        self.isRevoked = isRevoked
        self.wipe = wipe
        self.awaitsConfirmation = awaitsConfirmation
    }

    /// What comparing the digest of a scope takes, at most, after blocks of it were pushed.
    public static let comparing = ByteBudget.pull + ByteBudget.cost(ofFrame: ByteBudget.leastEntries)

    /// What a push of a block takes on the connection: its frame up, and at most so much down for the answer.
    public static func push(ofFrame bytes: Int, changes: Int) -> (up: Int, down: Int) {
        (ByteBudget.cost(ofFrame: bytes), ByteBudget.answer(toChanges: changes))
    }

    /// What the bytes of an attachment take on the connection, at most, up and down.
    public static func upload(_ attachment: Attachment, from held: Int) -> (up: Int, down: Int) {
        let chunks = (attachment.size - held + Attachment.chunk - 1) / Attachment.chunk
        return (
            AttachmentLane.offerCost + (attachment.size - held) + chunks * AttachmentLane.chunkOverhead, (1 + chunks) * AttachmentLane.answerCost)
    }
}
