using System.Text;
using DToC.Twin.Models;
using DToC.Twin.Models.Trees;

namespace DToC.Twin.Tests.Models.Trees;

public class TreeEnsembleTests
{
    [Fact]
    public void Row_ends_in_the_leaf_its_splits_lead_to()
    {
        for (var seed = 1ul; seed <= 40; seed++)
        {
            var random = new RandomTrees(seed, inputs: 5);
            var isPlain = seed % 2 == 0;
            var trees = Enumerable.Range(0, 21)
                .Select(_ => random.Tree(1 + random.Below(40), isPlain: isPlain)).ToList();
            var precision = seed % 3 == 0 ? TreePrecision.Single : TreePrecision.Double;
            var model = new TreeEnsemble(random.Names, trees, new TreeOutput { Precision = precision, Start = [2] });
            var leaves = new int[trees.Count];
            for (var round = 0; round < 50; round++)
            {
                var row = random.Row();
                model.Leaves(row, leaves);
                var expected = trees.Select(t => ReferenceTrees.Leaf(t, row, precision == TreePrecision.Single));
                Assert.Equal(expected, leaves);
                var sum = 2 + trees.Zip(leaves, (tree, leaf) => tree.Leaves[leaf].Value * tree.Weight).Sum();
                Assert.Equal(sum, model.Score(row), precision == TreePrecision.Single ? 1e-4 : 1e-12);
            }
        }
    }

    [Fact]
    public void Trees_of_several_outputs_are_summed_by_output()
    {
        var random = new RandomTrees(5, inputs: 4);
        var trees = Enumerable.Range(0, 30).Select(i => random.Tree(12, i % 3, isPlain: true)).ToList();
        var output = new TreeOutput { Count = 3, Start = [0.1, 0.2, 0.3], Link = MarginLink.Softmax };
        var model = new TreeEnsemble(random.Names, trees, output);
        var row = random.Row();
        var margins = new double[3];
        model.Margins(row, margins);
        for (var k = 0; k < 3; k++)
        {
            var sum = output.Start[k] + trees.Where(t => t.Output == k)
                .Sum(t => t.Leaves[ReferenceTrees.Leaf(t, row)].Value * t.Weight);
            Assert.Equal(sum, margins[k], 1e-12);
            Assert.Equal(Math.Exp(sum) / margins.Sum(Math.Exp), model.Choosing(k).Score(row), 1e-12);
        }
    }

    [Fact]
    public void Comparison_in_32_bits_rounds_input_and_threshold()
    {
        // 0.1 and its neighbour in 64 bits are one number in 32.
        var tree = new DecisionTree([new(0, SplitTest.Below, 0.1f, ~0, ~1)], [new(1), new(2)]);
        var row = new[] { Math.BitDecrement(0.1) };
        Assert.Equal(2, new TreeEnsemble(["x"], [tree], new() { Precision = TreePrecision.Single }).Score(row));
        Assert.Equal(1, new TreeEnsemble(["x"], [tree], TreeOutput.Sum).Score(row));
        Assert.Equal(2, new TreeEnsemble(["x"], [tree], new() { Precision = TreePrecision.Single }).Score([1e300]));
    }

    [Fact]
    public void What_is_no_tree_is_refused()
    {
        Refused("leads to 3", [new(0, SplitTest.AtMost, 1, 3, ~0)], [new(1), new(2)]);
        Refused("two ways", [new(0, SplitTest.AtMost, 1, ~0, ~0)], [new(1), new(2)]);
        Refused("two ways", [new(0, SplitTest.AtMost, 1, 0, ~0)], [new(1), new(2)]);
        Refused("one more", [new(0, SplitTest.AtMost, 1, ~0, ~1)], [new(1)]);
        Refused("threshold NaN", [new(0, SplitTest.AtMost, double.NaN, ~0, ~1)], [new(1), new(2)]);
        Refused("set 0 of 0", [new(0, SplitTest.In, 0, ~0, ~1, Set: 0)], [new(1), new(2)]);
        Refused("value is", [], [new(double.NaN)]);

        static void Refused(string why, TreeSplit[] splits, TreeLeaf[] leaves) =>
            Assert.Contains(why, Assert.Throws<ArgumentException>(() => new DecisionTree(splits, leaves)).Message);
    }

    [Theory]
    [InlineData("\"values\": [1,2]", "\"values\": [1]", "1 leaves")]
    [InlineData("\"thresholds\": [3.5]", "\"thresholds\": []", "a row has 0 numbers")]
    [InlineData("\"left\": [-1]", "\"left\": [0]", "two ways lead to 0")]
    [InlineData("\"rules\": [64]", "\"rules\": [9]", "not known")]
    [InlineData("\"link\": \"identity\"", "\"link\": \"\\ud800\"", "no JSON")]
    public void Stored_trees_that_are_none_are_refused(string from, string to, string why)
    {
        var tree = new DecisionTree(
            [new(0, SplitTest.AtMost, 3.5, ~0, ~1, MissingRule.Absent, true)], [new(1), new(2)]);
        var stored = Encoding.UTF8.GetString(ModelFile.Of(new TreeEnsemble(["x"], [tree], TreeOutput.Sum)).ToBytes());
        Assert.Contains(from, stored);
        var bytes = Encoding.UTF8.GetBytes(stored.Replace(from, to));
        Assert.Contains(why, Assert.Throws<InvalidDataException>(() => ModelFile.Read(bytes)).Message);
    }

    [Fact]
    public void Score_beyond_all_numbers_is_not_said()
    {
        var tree = new DecisionTree([], [new(1000)]);
        Assert.True(double.IsNaN(new TreeEnsemble(["x"], [tree], new() { Link = MarginLink.Exp }).Score([0])));
        Assert.Equal(1, new TreeEnsemble(["x"], [tree], TreeOutput.Probability).Score([0]));
    }
}
