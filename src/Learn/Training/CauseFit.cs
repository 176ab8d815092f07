using DToC.Learn.Frustration;
using DToC.Twin.Definitions;
using DToC.Twin.Models;
using DToC.Twin.Models.Frustration;

namespace DToC.Learn.Training;

/// <summary>
/// Fits the weights of causes of frustration to who had had enough, as the target says. What the definition says of a
/// weight is what is believed of it beforehand; so nothing is learnt twice, however often it is trained.
/// </summary>
internal static class CauseFit
{
    // Below it a cause that nobody met would have the weight 0, and know it for certain.
    private const double LeastShape = 1.1;

    /// <exception cref="InvalidOperationException">It cannot be fitted; the message says why.</exception>
    public static FrustrationModel Of(TaskReading reading)
    {
        var task = reading.Task;
        if (task.Plan.Definition.Models[task.Model].Form is not ModelForm.Frustration form)
            throw new InvalidOperationException($"'{task.Name}' has no causes in the definition.");
        var causes = task.InputNames.Select(name => form.Causes.First(cause => cause.Feature.Name == name));
        try
        {
            return FrustrationTraining.Of(
                [.. reading.ToFit.SelectMany(CasesOf)],
                Believed(FrustrationCause.Of("background", form.Background, form.BackgroundUncertainty)),
                [.. causes.Select(cause => Believed(
                    FrustrationCause.Of(cause.Feature.Name, cause.Weight, cause.Uncertainty)))]);
        }
        catch (ArgumentException wrong)
        {
            throw new InvalidOperationException($"'{task.Name}' cannot be fitted: {ArgumentWords.Of(wrong)}", wrong);
        }
    }

    private static FrustrationCause Believed(FrustrationCause cause) => cause.Shape >= LeastShape
        ? cause
        : cause with { Shape = LeastShape, Rate = cause.Rate * LeastShape / cause.Shape };

    private static IEnumerable<FrustrationCase> CasesOf(Examples part)
    {
        for (var row = 0; row < part.Count; row++)
        {
            // As the model reads them: what is missing is none.
            double[] amounts = [.. part.Row(row).ToArray().Select(x => x > 0 && double.IsFinite(x) ? x : 0)];
            yield return new FrustrationCase(amounts, part.Outcomes[row] > 0.5);
        }
    }
}
