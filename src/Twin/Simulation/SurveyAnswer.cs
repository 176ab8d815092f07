using DToC.Twin.Definitions;
using DToC.Twin.Models.Satisfaction;
using DToC.Twin.Plan;

namespace DToC.Twin.Simulation;

/// <summary>
/// An answer to a survey as the model of satisfaction has it follow from satisfaction: offset + slope level + noise,
/// the nearest whole number that can be given.
/// </summary>
/// <param name="Event">The event it comes by.</param>
/// <param name="Kind">What was asked.</param>
/// <param name="Answers">How it follows.</param>
internal sealed record SurveyAnswer(SimulatedEvent Event, SatisfactionKind Kind, SatisfactionAnswer Answers)
{
    /// <summary>The answer that a definition names, or null where no level follows it.</summary>
    public static SurveyAnswer? Of(Premises premises)
    {
        if (premises.Simulation.Answered is not { } answered || premises.Satisfaction is not { } model) return null;
        foreach (var step in premises.Plan.Fold.Ordered[answered.Type])
        {
            if (step.Op != FoldOp.Level || step.Signal != answered.Signal) continue;
            return new SurveyAnswer(
                new SimulatedEvent(premises.Plan, answered), (SatisfactionKind)step.Weight,
                model.Filter.Answers[step.Weight]);
        }
        return null;
    }

    /// <summary>The answer of a satisfaction.</summary>
    /// <param name="level">The satisfaction.</param>
    /// <param name="noise">A draw of a standard normal.</param>
    public double Of(double level, double noise)
    {
        var (offset, slope, variance) = Answers;
        var (worst, best) = SatisfactionRange.Of(Kind);
        var answer = Math.Clamp(offset + slope * level + Math.Sqrt(variance) * noise, worst, best);
        return best - worst > 2 ? Math.Round(answer) : answer;
    }
}
