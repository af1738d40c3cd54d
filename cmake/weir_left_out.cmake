# SPDX-License-Identifier: MIT
# The tests that qemu's emulation of a process cannot run, each with what it lacks.

# getsockopt(TCP_INFO) fills in four bytes, so the test cannot tell how many bytes have arrived.
list(APPEND weir_left_out
  EpollEdges.BytesAfterAnUrgentOneSentBeforeTheFirstRecvArrive
  EpollEdges.BytesAfterAnUrgentOneTheHubHasHeardOfArrive
  EpollEdges.BytesAfterAnUrgentOneThatFollowsAnEdgeTheHubHasHeardOfArrive
  EpollEdges.AnEndThatComesBetweenTheEdgeOfTheDataAndItsRecvIsReceived
  EpollEdges.AnEventForAnFdThatWasClosedIsNotReportedToTheNextOfItsNumber
  EpollEdges.AnEventOfAFormerGenerationIsDroppedWhereTheKernelGoesOnReportingIt)

# It says on standard error itself what a program dies of.
list(APPEND weir_left_out
  FaultHandler.WithoutAFormerHandlerAnotherFaultEndsTheProcess
  StackOverflow.ASignalThatWasSentIsNoneWhateverAddressItBears)

# It has threads of its own, needs memory of its own for each mapping, and filters no system calls.
list(APPEND weir_left_out
  Watchdog.AForkedChildIsNotWatchedAndMayHaveOneOfItsOwn
  IdleMillion.*
  StackShortage.*
  ChannelCost.IsNoSystemCallWhereNobodyWaits)

# There is no libdw for the other processor here, so addresses have no names, which is logged once.
list(APPEND weir_left_out
  TaskDump.OfAParkedTaskNamesTheCallsThatLedToTheParkWithFileAndLine
  TaskDump.OfTheTaskThatAsksBeginsWithTheDump
  TaskDump.OfTheThreadsOwnTaskGoesDownToMain
  TaskDump.OfAReadyTaskSaysWhereItGoesOn
  TaskDump.KeepsTheUsersFunctionsThatWeirCallsAndThatCallWeir
  TaskDump.TellsThePlaceWhereAllWasCalled
  TaskDump.IsOfOneMomentThoughOthersRunMeanwhile
  TaskDump.OfTenThousandTasksHasThemAll
  Reports.ATaskThatIgnoresItsCancellationIsShownWhereItDoes
  Reports.ATaskThatNothingCanWakeIsShownWhereItWaits
  Reports.SoIsAServiceThatNothingCanWake
  TaskDumpOnSeveralThreads.SharesWhatWasLookedUp
  TaskTreeInTheLoop.ShowsATaskThatWaitsAsTheReportOfADeadlockDoes
  Watchdog.ATaskThatSpinsIsReportedWhileItStillDoes
  Watchdog.TheThreadsOwnTaskIsReportedToo)
