public import ArgumentParser
public import SeamarkModel

extension TableHeaders: ExpressibleByArgument {}
