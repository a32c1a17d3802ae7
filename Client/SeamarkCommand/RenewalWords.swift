import SeamarkClient
import SeamarkJournal
import SeamarkModel

/// What a sync says of this laptop's certificate.
enum RenewalWords {
    static func line(_ renewal: SyncRun.Renewal) -> Terminal.Piece {
        switch renewal {
        case .renewed(let until): .init("This laptop's certificate was renewed; it is valid until \(TimeText.local(until)).", .green)
        case .postponed(_, let until):
            .init("This laptop's certificate could not be renewed this time; it is valid until \(TimeText.local(until)), and the next sync tries again.", .yellow)
        }
    }

    static func members(_ renewal: SyncRun.Renewal) -> [JSONMember] {
        let (isRenewed, until) =
            switch renewal {
            case .renewed(let until): (true, until)
            case .postponed(_, let until): (false, until)
            }
        return [JSONMember("renewed", .bool(isRenewed)), JSONMember("until", .string(CalendarDate.text(milliseconds: until)))]
    }

    /// What `status` says; a warning when the next sync is to renew it.
    static func line(_ standing: CertificateStanding) -> Terminal.Piece {
        if standing.hasExpired { return .init("This laptop's certificate ended \(TimeText.local(standing.until)); the next sync renews it.", .yellow) }
        let words = "This laptop's certificate is valid for \(counted(Int(standing.daysLeft), "more day"))"
        return standing.isRenewalDue ? .init("\(words): sync before \(TimeText.local(standing.until)), which renews it.", .yellow) : .init("\(words).", .dim)
    }
}
