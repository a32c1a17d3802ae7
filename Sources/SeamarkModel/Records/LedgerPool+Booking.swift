extension LedgerPool {
    /// What a pool's booking is as a year's, in the main unit: the ceiling of the lines that are drawn on it. Nil where it names no amount of at least 0.
    ///
    /// Whole months as the method has it, × 12 / months. Else a year is a year, leap or not, and any other period is annualised by its days. Without a period
    /// what is booked is a year's.
    static func yearly(of booking: GroupView) -> Double? {
        guard let booked = booking.number("booked"), booked >= 0 else { return nil }
        var ceiling = booked / 100
        if let from = booking.integer("from"), let to = booking.integer("to"), to >= from, CalendarDate.days.contains(from), CalendarDate.days.contains(to) {
            let days = Double(to - from) + 1
            if let months = CalendarDate.wholeMonths(from: from, through: to) {
                ceiling *= 12 / Double(months)
            } else if days != 365, days != 366 {
                ceiling *= 365.25 / days
            }
        }
        return min(ceiling, ThreePoint.bound)
    }
}
