using DToC.Twin.Plan;

namespace DToC.Twin.Features;

/// <summary>
/// Scores models over filled vectors. A model whose inputs rest on a category without a basis for the model's
/// purpose is not evaluated: its score is missing. Allocates nothing.
/// </summary>
public static class Scorer
{
    /// <summary>Scores the models that the rules of every turn read.</summary>
    public static void ScoreForTurn(Vectors vectors)
    {
        foreach (var model in vectors.Plan.ModelsOfTurn) Score(vectors, model);
    }

    /// <summary>Scores all models, in order.</summary>
    public static void ScoreAll(Vectors vectors)
    {
        for (var model = 0; model < vectors.Plan.Models.Length; model++) Score(vectors, model);
    }

    /// <summary>Scores one model; those whose scores it reads must be scored.</summary>
    public static void Score(Vectors vectors, int slot) =>
        vectors.Numbers[vectors.Plan.Vector.FirstScore + slot] = IsLawful(vectors, slot)
            ? vectors.Plan.Models[slot].Score(vectors.Numbers, vectors.Texts)
            : double.NaN;

    /// <summary>Whether all that a model rests on has a basis for its purpose.</summary>
    public static bool IsLawful(Vectors vectors, int slot)
    {
        var model = vectors.Plan.Models[slot];
        return (model.Categories & ~vectors.Lawful[model.Purpose]) == 0;
    }
}
