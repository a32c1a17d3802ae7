public import ArgumentParser
public import SeamarkModel

extension EngagementExport.Format: ExpressibleByArgument {}
extension TableHeaders: ExpressibleByArgument {}
