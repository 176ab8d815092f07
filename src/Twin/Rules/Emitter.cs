using System.Runtime.InteropServices;

namespace DToC.Twin.Rules;

/// <summary>A text in a rule: a slot, or a literal's hash when <paramref name="Slot"/> is -1.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TextOperand(int Slot, ulong Hash)
{
    public static TextOperand Literal(string text) => new(-1, StableHash.Of(text));

    public static TextOperand Read(int slot) => new(slot, 0);

    public bool IsLiteral => Slot < 0;
}

/// <summary>
/// Appends instructions in postfix order, folds constants as it goes, and keeps count of the stack an
/// evaluation needs and the slots it reads.
/// </summary>
internal sealed class Emitter
{
    private readonly List<Instruction> _code = [];
    private readonly SortedSet<int> _numbers = [];
    private readonly SortedSet<int> _texts = [];
    private int _depth;

    /// <summary>
    /// Constants before this instruction may not fold: a jump lands here, so they are on one path only.
    /// </summary>
    private int _barrier;

    public int Count => _code.Count;

    public int MaxDepth { get; private set; }

    public Instruction[] Code() => [.. _code];

    public int[] NumbersRead() => [.. _numbers];

    public int[] TextsRead() => [.. _texts];

    public void Constant(double value) => Add(Op.Constant, 0, BitConverter.DoubleToUInt64Bits(value), 1);

    public void Load(Op op, int slot)
    {
        _numbers.Add(slot);
        Add(op, slot, 0, 1);
    }

    /// <summary>Applies an operation to the topmost values and leaves its result in their place.</summary>
    public void Apply(Op op, int count)
    {
        if (!AreConstants(count))
        {
            Add(op, count, 0, 1 - count);
            return;
        }
        Span<double> values = stackalloc double[count];
        for (var i = 0; i < count; i++)
            values[i] = _code[_code.Count - count + i].Constant;
        _code.RemoveRange(_code.Count - count, count);
        _depth -= count;
        Constant(op < Op.Add ? Arithmetic.Unary(op, values[0])
            : op < Op.Min ? Arithmetic.Binary(op, values[0], values[1])
            : Arithmetic.Many(op, values));
    }

    public void CompareTexts(TextOperand left, TextOperand right, bool equal)
    {
        if (left.IsLiteral)
            (left, right) = (right, left);
        if (left.IsLiteral)
        {
            Constant(Arithmetic.Truth(left.Hash == right.Hash == equal));
            return;
        }
        _texts.Add(left.Slot);
        if (right.IsLiteral)
        {
            Add(equal ? Op.TextEqual : Op.TextNotEqual, left.Slot, right.Hash, 1);
            return;
        }
        _texts.Add(right.Slot);
        Add(equal ? Op.TextEqualSlot : Op.TextNotEqualSlot, left.Slot, (ulong)right.Slot, 1);
    }

    public void TextMissing(TextOperand text)
    {
        if (text.IsLiteral)
        {
            Constant(Arithmetic.False);
            return;
        }
        _texts.Add(text.Slot);
        Add(Op.TextMissing, text.Slot, 0, 1);
    }

    /// <summary>Adds a jump whose target is not known yet.</summary>
    /// <returns>What <see cref="Land"/> takes once the target is reached.</returns>
    public int Jump(Op op)
    {
        // After JumpIfFalse and JumpIfTrue the value stays; on the other ways on it is used up, or, for Jump,
        // belongs to the branch that was left.
        Add(op, 0, 0, op is Op.JumpIfFalse or Op.JumpIfTrue ? 0 : -1);
        return _code.Count - 1;
    }

    /// <summary>Makes a jump land behind the last instruction: jumps go forward only.</summary>
    public void Land(int jump)
    {
        _code[jump] = _code[jump] with { Argument = _code.Count };
        _barrier = _code.Count;
    }

    private bool AreConstants(int count)
    {
        var start = _code.Count - count;
        if (start < _barrier)
            return false;
        for (var i = start; i < _code.Count; i++)
        {
            if (_code[i].Op != Op.Constant)
                return false;
        }
        return true;
    }

    private void Add(Op op, int argument, ulong bits, int effect)
    {
        _code.Add(new Instruction(op, argument, bits));
        _depth += effect;
        MaxDepth = Math.Max(MaxDepth, _depth);
    }
}
