using DToC.Twin.Models.Trees;

namespace DToC.Twin.Tests.Models.Trees;

/// <summary>Ensembles for the battery: of every test, side by side or alone, with covers and without.</summary>
internal static class SampleTrees
{
    public static SampleModel Of(TreeOutput output)
    {
        var random = new RandomTrees(11, inputs: 5);
        var trees = Enumerable.Range(0, 40)
            .Select(i => random.Tree(1 + random.Below(24), i % output.Count, i % 5 > 0, isPlain: i < 20)).ToList();
        return new SampleModel(
            new TreeEnsemble(random.Names, trees, output), [.. Enumerable.Range(0, 6).Select(_ => random.Row())]);
    }
}
