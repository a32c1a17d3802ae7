extension Instrument {
    /// "core-9", edition 1: the nine execution domains with their 54 questions, as published. New wording is a new edition; answers keep
    /// theirs. (A raw string, because a large literal of arrays takes the compiler minutes.)
    static let core9Document = #"""
        {
          "format": "seamark-instrument",
          "version": 1,
          "key": "core-9",
          "edition": 1,
          "language": "en",
          "name": "Core instrument, nine execution domains",
          "matrix": {
            "EXPEDITE": {"D1": 1, "D2": 3, "D3": 3, "D6": 1, "D8": 1},
            "QUALITY": {"D2": 1, "D4": 1, "D5": 3, "D6": 3, "D7": 1, "D9": 1},
            "LABOUR": {"D1": 2, "D4": 3, "D5": 1, "D6": 1, "D8": 1},
            "PENALTY": {"D1": 1, "D2": 3, "D3": 2, "D9": 2},
            "DOWNTIME": {"D3": 2, "D4": 1, "D6": 2, "D7": 1, "D8": 3}
          },
          "domains": [
            {
              "code": "D1",
              "key": "leadership_bandwidth",
              "name": "Leadership bandwidth",
              "description": "Leaders have the time and the shared priorities to decide, unblock and follow through.",
              "mayBeNotAssessed": false,
              "drives": ["DOWNTIME", "LABOUR", "EXPEDITE"],
              "evidence": "calendar sample, open-decision list with ages, approval ageing export, sponsor count per leader",
              "questions": [
                {
                  "id": "LB1",
                  "text": "In the last two weeks, what waited only because the person who had to decide had no time?",
                  "asked": ["manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {
                    "0": "nothing; open decisions are listed and short-lived",
                    "2": "two or three items, up to a week",
                    "4": "nobody can count them; people stop asking"
                  }
                },
                {
                  "id": "LB2",
                  "text": "How many change initiatives does your busiest leader sponsor, and which would be dropped first?",
                  "asked": ["executive", "director", "manager", "supervisor"],
                  "weight": 1,
                  "anchors": {
                    "0": "three or fewer, drop order written",
                    "2": "four to six, order argued about",
                    "4": "seven or more, all \"top priority\""
                  }
                },
                {
                  "id": "LB3",
                  "text": "Tell me this quarter's first three priorities, in order. (Compare across leaders.)",
                  "asked": ["executive", "director", "manager", "supervisor"],
                  "weight": 1,
                  "anchors": {"0": "same list, same order", "2": "one or two in common", "4": "contradictory lists"}
                },
                {
                  "id": "LB4",
                  "text": "What share of last week went on chasing, reconciling and firefighting?",
                  "asked": ["executive", "director", "manager", "supervisor"],
                  "weight": 1,
                  "anchors": {"0": "under a fifth", "2": "about two fifths", "4": "over two thirds"}
                },
                {
                  "id": "LB5",
                  "text": "When an approver is away, what happens to the approval?",
                  "asked": ["manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {"0": "named deputy with the same limit acts", "2": "a deputy exists, people still wait", "4": "it stops"}
                },
                {
                  "id": "LB6",
                  "text": "How do you learn that a decision above you was changed?",
                  "asked": ["manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {
                    "0": "told with the reason before work starts",
                    "2": "hears in a meeting days later",
                    "4": "finds out through rework"
                  }
                }
              ]
            },
            {
              "code": "D2",
              "key": "cross_functional_alignment",
              "name": "Cross-functional alignment",
              "description": "Functions pull toward one result and hand work over cleanly.",
              "mayBeNotAssessed": false,
              "drives": ["EXPEDITE", "PENALTY", "QUALITY"],
              "evidence": "scorecards and bonus rules side by side, order-change log, returned-work counts, on-time-in-full misses by cause",
              "questions": [
                {
                  "id": "XA1",
                  "text": "Which of your targets, if you hit it, makes your neighbour miss theirs?",
                  "asked": ["executive", "director", "manager", "supervisor"],
                  "weight": 1,
                  "anchors": {
                    "0": "clash known, one joint measure decides",
                    "2": "known, settled case by case",
                    "4": "each side wins at the other's cost every month"
                  }
                },
                {
                  "id": "XA2",
                  "text": "An order changes after release: who tells whom, and when does the floor know?",
                  "asked": ["manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {
                    "0": "one channel, within one planning cycle",
                    "2": "same day, by phone",
                    "4": "the floor learns from the missing part or truck"
                  }
                },
                {
                  "id": "XA3",
                  "text": "Which number is argued about in the main operating meeting?",
                  "asked": ["executive", "director", "manager", "supervisor"],
                  "weight": 1,
                  "anchors": {
                    "0": "none; one definition, one owner",
                    "2": "one or two reconciled by hand",
                    "4": "more time on whose number than on action"
                  }
                },
                {
                  "id": "XA4",
                  "text": "Take last month's worst handoff: who owned the result after it left you?",
                  "asked": ["manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {"0": "a named person on each side", "2": "named afterwards", "4": "nobody"}
                },
                {
                  "id": "XA5",
                  "text": "How much work comes back for missing or wrong information?",
                  "asked": ["manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {"0": "under 2 %, counted", "2": "around 10 %", "4": "over 25 %, or nobody counts"}
                },
                {
                  "id": "XA6",
                  "text": "What do you do, outside the procedure, so that the handoff works?",
                  "asked": ["manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {
                    "0": "nothing needed",
                    "2": "own list, a regular call",
                    "4": "everything hangs on knowing the right person"
                  }
                }
              ]
            },
            {
              "code": "D3",
              "key": "decision_ownership",
              "name": "Decision rights and ownership",
              "description": "It is clear who decides what, how fast, with which inputs, and who owns the outcome after a change.",
              "mayBeNotAssessed": false,
              "drives": ["EXPEDITE", "DOWNTIME", "PENALTY"],
              "evidence": "authority matrix, time stamps of 10-20 exceptions, list of reopened decisions, override log",
              "questions": [
                {
                  "id": "DR1",
                  "text": "For your last three exceptions, who could decide, and how did you know?",
                  "asked": ["manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {"0": "written limit, used", "2": "known by habit", "4": "guessed, or sent upward to be safe"}
                },
                {
                  "id": "DR2",
                  "text": "How many levels does a routine exception climb?",
                  "asked": ["manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {"0": "none", "2": "one", "4": "two or more as a rule"}
                },
                {
                  "id": "DR3",
                  "text": "How often is a decision reopened after it was announced?",
                  "asked": ["executive", "director", "manager", "supervisor"],
                  "weight": 1,
                  "anchors": {"0": "rarely, with a stated reason", "2": "a few each month", "4": "expected"}
                },
                {
                  "id": "DR4",
                  "text": "If a system recommends something you think is wrong, what may you do?",
                  "asked": ["manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {
                    "0": "override with a recorded, reviewed reason",
                    "2": "override quietly",
                    "4": "unclear: obey and repair later"
                  }
                },
                {
                  "id": "DR5",
                  "text": "After the last reorganisation, which result lost its owner?",
                  "asked": ["executive", "director", "manager", "supervisor"],
                  "weight": 1,
                  "anchors": {"0": "none, written handover", "2": "some shared ownership", "4": "a critical result has no owner"}
                },
                {
                  "id": "DR6",
                  "text": "How long may this process run wrong before it costs money, and how long does the decision take?",
                  "asked": ["manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {"0": "decision well inside the window", "2": "about equal", "4": "damage always comes first"}
                }
              ]
            },
            {
              "code": "D4",
              "key": "hiring_friction",
              "name": "Hiring friction and workforce stability",
              "description": "Roles are filled in time and people stay, so capacity at the constraint is real.",
              "mayBeNotAssessed": false,
              "drives": ["LABOUR", "QUALITY"],
              "evidence": "vacancy ageing, overtime by cause, 90-day retention, agency invoices",
              "questions": [
                {
                  "id": "HF1",
                  "text": "How long has the hardest role been open and how is it covered?",
                  "asked": ["manager", "supervisor"],
                  "weight": 1,
                  "anchors": {
                    "0": "filled to plan",
                    "2": "4-8 weeks, planned overtime",
                    "4": "over 12 weeks, forced overtime or skipped steps"
                  }
                },
                {
                  "id": "HF2",
                  "text": "Of ten new starters, how many are here after 90 days?",
                  "asked": ["manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {"0": "nine or ten", "2": "seven or eight", "4": "under six, or unknown"}
                },
                {
                  "id": "HF3",
                  "text": "Between approved vacancy and offer, where does time go?",
                  "asked": ["executive", "director", "manager", "supervisor"],
                  "weight": 1,
                  "anchors": {"0": "every step has an owner and a clock", "2": "one step is vague", "4": "approvals restart"}
                },
                {
                  "id": "HF4",
                  "text": "How far ahead does the staffing plan see demand, by skill?",
                  "asked": ["manager", "supervisor"],
                  "weight": 1,
                  "anchors": {"0": "a quarter, by skill", "2": "next month, headcount only", "4": "shift by shift"}
                },
                {
                  "id": "HF5",
                  "text": "Of last month's overtime, how much was forced?",
                  "asked": ["manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {"0": "under 3 % of hours, planned", "2": "6-8 %, half forced", "4": "over 12 %, mostly forced"}
                },
                {
                  "id": "HF6",
                  "text": "Which posts at the constraint depend on people who cannot do the whole job?",
                  "asked": ["manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {"0": "none", "2": "some, not at the constraint", "4": "at the constraint"}
                }
              ]
            },
            {
              "code": "D5",
              "key": "training_roi",
              "name": "Training ROI",
              "description": "Training changes results that can be measured.",
              "mayBeNotAssessed": false,
              "drives": ["QUALITY", "LABOUR", "DOWNTIME"],
              "evidence": "skills matrix, training dates against defects, learning-curve output",
              "questions": [
                {
                  "id": "TR1",
                  "text": "Which course in the last year moved a number here?",
                  "asked": ["manager", "supervisor"],
                  "weight": 1,
                  "anchors": {"0": "named and measured", "2": "believed", "4": "none"}
                },
                {
                  "id": "TR2",
                  "text": "How do you know today's person is qualified for today's task?",
                  "asked": ["manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {"0": "current matrix, checked when assigned", "2": "matrix out of date", "4": "supervisor's memory"}
                },
                {
                  "id": "TR3",
                  "text": "Last defect or incident traced to skill: what changed?",
                  "asked": ["manager", "supervisor"],
                  "weight": 1,
                  "anchors": {
                    "0": "cause coded, training changed, recurrence watched",
                    "2": "coded only",
                    "4": "\"operator error\", closed"
                  }
                },
                {
                  "id": "TR4",
                  "text": "When does a new person count in the output plan?",
                  "asked": ["manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {"0": "after a protected learning curve", "2": "sometimes protected", "4": "from day one"}
                },
                {
                  "id": "TR5",
                  "text": "Time to standard output, compared with plan?",
                  "asked": ["manager", "supervisor"],
                  "weight": 1,
                  "anchors": {"0": "known, on plan", "2": "about 1.5 times", "4": "over twice, or unknown"}
                },
                {
                  "id": "TR6",
                  "text": "After a system or process change, when are people retrained?",
                  "asked": ["manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {"0": "before go-live", "2": "weeks later", "4": "by word of mouth"}
                }
              ]
            },
            {
              "code": "D6",
              "key": "knowledge_transfer",
              "name": "Knowledge transfer",
              "description": "What the best people know is written, taught and reachable.",
              "mayBeNotAssessed": false,
              "drives": ["QUALITY", "DOWNTIME"],
              "evidence": "critical-task list with qualified names, handover records, retirements within 24 months, repeat-failure rate",
              "questions": [
                {
                  "id": "KT1",
                  "text": "If one person were away for a month, what stops?",
                  "asked": ["manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {
                    "0": "nothing; two qualified per critical task",
                    "2": "one or two tasks slow",
                    "4": "the constraint or a regulated task"
                  }
                },
                {
                  "id": "KT2",
                  "text": "Where is the setting that makes this run well written down?",
                  "asked": ["frontline"],
                  "weight": 1,
                  "anchors": {"0": "in the controlled instruction at the station", "2": "a notebook", "4": "someone's head"}
                },
                {
                  "id": "KT3",
                  "text": "What gets lost between shifts?",
                  "asked": ["manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {
                    "0": "open items handed over and tracked",
                    "2": "verbal, some misses",
                    "4": "the same problem is found again each shift"
                  }
                },
                {
                  "id": "KT4",
                  "text": "Who leaves within two years with know-how nobody else has?",
                  "asked": ["executive", "director", "manager", "supervisor"],
                  "weight": 1,
                  "anchors": {"0": "named, handover running", "2": "named, no plan", "4": "no list"}
                },
                {
                  "id": "KT5",
                  "text": "How did the last lesson from another site reach you?",
                  "asked": ["manager", "supervisor"],
                  "weight": 1,
                  "anchors": {"0": "through a changed standard", "2": "through a friend", "4": "it did not; we repeated it"}
                },
                {
                  "id": "KT6",
                  "text": "For an unusual case, what do you look up?",
                  "asked": ["frontline"],
                  "weight": 1,
                  "anchors": {"0": "a searchable case record with the decision", "2": "a veteran", "4": "nothing, we improvise"}
                }
              ]
            },
            {
              "code": "D7",
              "key": "ai_readiness",
              "name": "Upskilling and AI readiness",
              "description": "People and roles are prepared for automated decisions.",
              "mayBeNotAssessed": true,
              "drives": ["DOWNTIME", "QUALITY", "EXPEDITE"],
              "evidence": "live versus pilot metric, override log with reasons, fallback drill record, role descriptions",
              "questions": [
                {
                  "id": "AI1",
                  "text": "Last time live results left the pilot's range: who noticed, how fast?",
                  "asked": ["executive", "director", "manager", "supervisor"],
                  "weight": 1,
                  "anchors": {"0": "alarm and owner, within one cycle", "2": "weekly review", "4": "the customer or Finance"}
                },
                {
                  "id": "AI2",
                  "text": "What does the model not know about this job?",
                  "asked": ["manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {"0": "limits written and taught", "2": "veterans know", "4": "trusted or ignored wholesale"}
                },
                {
                  "id": "AI3",
                  "text": "What share of recommendations is overridden and why?",
                  "asked": ["manager", "supervisor"],
                  "weight": 1,
                  "anchors": {"0": "counted, reasons reviewed", "2": "counted only", "4": "unknown"}
                },
                {
                  "id": "AI4",
                  "text": "Who can run a shift without the system?",
                  "asked": ["manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {"0": "drilled fallback", "2": "written, never tried", "4": "nobody"}
                },
                {
                  "id": "AI5",
                  "text": "Do the data it uses match what happens here?",
                  "asked": ["frontline"],
                  "weight": 1,
                  "anchors": {"0": "checked with an owner, gaps logged", "2": "known gaps", "4": "people feed it what it wants"}
                },
                {
                  "id": "AI6",
                  "text": "How did your job change when it arrived?",
                  "asked": ["manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {"0": "role, skills and target updated", "2": "partly", "4": "old job plus the new one"}
                }
              ]
            },
            {
              "code": "D8",
              "key": "capital_sequencing",
              "name": "Capital sequencing",
              "description": "Money reaches the governing constraint first and in a workable order.",
              "mayBeNotAssessed": false,
              "drives": ["DOWNTIME", "LABOUR", "EXPEDITE"],
              "evidence": "portfolio list with amounts and stage, constraint load data, post-completion reviews",
              "questions": [
                {
                  "id": "CS1",
                  "text": "What one resource limits output or service now, and which funded project relieves it?",
                  "asked": ["executive", "director", "manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {
                    "0": "same answer everywhere, funded",
                    "2": "known, project waits",
                    "4": "unknown, or money goes elsewhere"
                  }
                },
                {
                  "id": "CS2",
                  "text": "Which projects need another to finish first, and is that honoured?",
                  "asked": ["executive", "director", "manager", "supervisor"],
                  "weight": 1,
                  "anchors": {"0": "dependencies gate release", "2": "known, sometimes ignored", "4": "started anyway, redone"}
                },
                {
                  "id": "CS3",
                  "text": "When did you last stop a project, and on what measure?",
                  "asked": ["executive", "director"],
                  "weight": 1,
                  "anchors": {"0": "within two quarters, measured", "2": "quietly slowed", "4": "never"}
                },
                {
                  "id": "CS4",
                  "text": "Who checks that the last large spend paid off?",
                  "asked": ["executive", "director"],
                  "weight": 1,
                  "anchors": {"0": "Finance, after completion", "2": "the project itself", "4": "nobody"}
                },
                {
                  "id": "CS5",
                  "text": "How many changes compete for the same ten people this quarter?",
                  "asked": ["manager", "supervisor"],
                  "weight": 1,
                  "anchors": {"0": "load checked before start", "2": "tight", "4": "everyone is on everything"}
                },
                {
                  "id": "CS6",
                  "text": "Which small fix was refused while something large was funded?",
                  "asked": ["manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {"0": "small-fix budget exists", "2": "some delayed", "4": "a well-known one at the constraint"}
                }
              ]
            },
            {
              "code": "D9",
              "key": "risk_exposure",
              "name": "Risk and compliance exposure",
              "description": "Controls hold under load and the cost of missing them is known.",
              "mayBeNotAssessed": false,
              "drives": ["PENALTY", "QUALITY", "DOWNTIME"],
              "evidence": "hold and release time stamps, near-miss log with closure, contract penalty clauses, audit findings",
              "questions": [
                {
                  "id": "RX1",
                  "text": "Which control is done late to keep work moving?",
                  "asked": ["manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {"0": "none; exceptions agreed beforehand", "2": "sometimes, recorded", "4": "routinely, not recorded"}
                },
                {
                  "id": "RX2",
                  "text": "What came of the last three near misses?",
                  "asked": ["manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {"0": "closed with a change", "2": "logged only", "4": "not reported"}
                },
                {
                  "id": "RX3",
                  "text": "How long does a hold wait for release, and why?",
                  "asked": ["manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {"0": "clock running, authority on shift", "2": "next day", "4": "days, with product or asset idle"}
                },
                {
                  "id": "RX4",
                  "text": "Which contract clause costs you when you miss?",
                  "asked": ["executive", "director", "manager", "supervisor"],
                  "weight": 1,
                  "anchors": {"0": "known and priced in planning", "2": "known to Finance", "4": "found on the credit note"}
                },
                {
                  "id": "RX5",
                  "text": "If a regulator asked why this was decided, what could you show?",
                  "asked": ["executive", "director", "manager", "supervisor"],
                  "weight": 1,
                  "anchors": {"0": "record with data version and approver", "2": "scattered mails", "4": "nothing"}
                },
                {
                  "id": "RX6",
                  "text": "What happens to the rules at peak volume?",
                  "asked": ["manager", "supervisor", "frontline"],
                  "weight": 1,
                  "anchors": {"0": "unchanged; volume gives way", "2": "formal waivers", "4": "quiet relaxation"}
                }
              ]
            }
          ]
        }
        """#
}
