using DToC.Grains;
using DToC.Http.Events;
using DToC.Http.Problems;
using DToC.Twin.Plan;

namespace DToC.Http.Definitions;

/// <summary>Changes what stands beside the definition, while no event is between the door and its turn.</summary>
internal static class PlanChange
{
    /// <summary>Puts the changed plan in force; says what kept it from that, and then nothing is changed.</summary>
    /// <param name="host">Its plan is changed.</param>
    /// <param name="gate">Keeps events out meanwhile.</param>
    /// <param name="refusal">What is wrong with the request, given the plan in force; null for nothing.</param>
    /// <param name="change">What becomes of the plan's source.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task<ProblemResult?> MakeAsync(
        ITwinHost host, DefinitionGate gate, Func<TwinPlan, ProblemResult?> refusal,
        Func<PlanSource, PlanSource> change, CancellationToken cancellation)
    {
        ProblemResult? problem = null;
        await gate.ChangeAsync(
            async () =>
            {
                var current = host.Plans.Current;
                problem = refusal(current);
                if (problem is not null) return;
                switch (Changed(current, change))
                {
                    case (PlanCompilation.Compiled { Plan: var plan }, _) when plan.Hash != current.Hash:
                        await host.ReplaceDefinitionAsync(plan, cancellation);
                        break;
                    case (PlanCompilation.Invalid invalid, _):
                        problem = DefinitionEndpoints.Invalid(invalid);
                        break;
                    case (null, var tooMuch):
                        problem = new ProblemResult(ProblemKind.NotPossible, tooMuch);
                        break;
                }
            },
            cancellation);
        return problem;
    }

    private static (PlanCompilation? Compilation, string TooMuch) Changed(
        TwinPlan current, Func<PlanSource, PlanSource> change)
    {
        try
        {
            return (TwinPlan.Load(change(current.Source), DefinitionEndpoints.FileName), "");
        }
        catch (InvalidDataException tooMuch)
        {
            return (null, tooMuch.Message);
        }
    }
}
