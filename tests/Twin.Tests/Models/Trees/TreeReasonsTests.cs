using DToC.Twin.Models;
using DToC.Twin.Models.Trees;

namespace DToC.Twin.Tests.Models.Trees;

public class TreeReasonsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Reasons_are_the_Shapley_values_of_the_expected_margin(bool hasCovers)
    {
        for (var seed = 1ul; seed <= 60; seed++)
        {
            const int inputs = 5;
            var random = new RandomTrees(seed, inputs);
            var trees = Enumerable.Range(0, 3).Select(_ => random.Tree(2 + random.Below(14), 0, hasCovers)).ToList();
            var model = new TreeEnsemble(random.Names, trees, TreeOutput.Sum);
            var row = random.Row();
            // The game whose players are the inputs: known or not known.
            var expected = ShapleyValues.Of(
                [1, 1, 1, 1, 1], new double[inputs], known => trees.Sum(
                    t => ReferenceTrees.Expected(t, row, known.Select((isKnown, i) => (int)isKnown << i).Sum())));
            var why = model.Explain(row);
            Assert.Equal(trees.Sum(t => ReferenceTrees.Expected(t, row, 0)), why.Baseline, 1e-9);
            for (var i = 0; i < inputs; i++) Assert.Equal(expected[i], why.Contributions[i], 1e-9);
            Assert.Equal(model.Margin(row), why.Total, 1e-9);
        }
    }

    [Fact]
    public void Reasons_of_a_class_add_up_to_its_log_odds()
    {
        for (var seed = 1ul; seed <= 20; seed++)
        {
            var random = new RandomTrees(seed, inputs: 6);
            var trees = Enumerable.Range(0, 60).Select(i => random.Tree(20, i % 4)).ToList();
            var model = new TreeEnsemble(
                random.Names, trees, new TreeOutput { Count = 4, Chosen = 1, Link = MarginLink.Softmax });
            var row = random.Row();
            var why = model.Explain(row);
            Assert.Equal(model.Score(row), Logistic.Sigmoid(why.Total), 1e-9);
            // The baseline is what the expected margins give, not what is left over.
            var expected = Enumerable.Range(0, 4)
                .Select(k => trees.Where(t => t.Output == k).Sum(t => ReferenceTrees.Expected(t, row, 0))).ToArray();
            var odds = expected[1] - Math.Log(expected.Where((_, k) => k != 1).Sum(Math.Exp));
            Assert.Equal(odds, why.Baseline, 1e-9);
        }
    }

    [Fact]
    public void Deep_tree_has_reasons()
    {
        // A chain of splits to the limit: 512 copies of a path of at most three inputs.
        var splits = new TreeSplit[DecisionTree.MaxDepth];
        for (var i = 0; i < splits.Length; i++)
            splits[i] = new(i % 3, SplitTest.AtMost, i, ~i, i + 1 < splits.Length ? i + 1 : ~(i + 1));
        var leaves = splits.Select((_, i) => new TreeLeaf(i, 1)).Append(new TreeLeaf(1000, 1)).ToArray();
        var model = new TreeEnsemble(["a", "b", "c"], [new DecisionTree(splits, leaves)], TreeOutput.Sum);
        Assert.Equal(model.Margin([300, 400, 500]), model.Explain([300, 400, 500]).Total, 1e-6);
    }
}
