import ArgumentParser
import SimulationSupport

SimulateCommand.main()
