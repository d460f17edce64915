"""What the threads of one block do together.

Every thread of the block has to call these, as they hold barriers. The order of all work is fixed, so results are the
same bits on every run. Shared memory comes from the caller: a kernel knows what else it has to keep there.
"""

from __future__ import annotations

from dfqgp.backends.gpu.kernels.compile import cuda, register_jitable


@register_jitable
def sort_keys(keys, length):
    """Sort the first ``length`` keys, a power of two, in ascending order; keys are in shared memory and not NaN.

    A bitonic network. Two of its steps are done on four keys at a time while a thread holds them: half of the barriers
    and half of the traffic of one step at a time.
    """
    size = 2
    cuda.syncthreads()
    while size <= length:
        step = size >> 1
        while step > 1:
            _two_steps(keys, length, size, step)
            step >>= 2
        if step == 1:
            _one_step(keys, length, size)
        size <<= 1


@register_jitable
def _one_step(keys, length, size):
    """Compare and exchange neighbours."""
    for pair in range(cuda.threadIdx.x, length >> 1, cuda.blockDim.x):
        i = 2 * pair
        a, b = keys[i], keys[i + 1]
        if (a > b) == ((i & size) == 0):
            keys[i], keys[i + 1] = b, a
    cuda.syncthreads()


@register_jitable
def _two_steps(keys, length, size, step):
    """Compare and exchange over the distance ``step``, then over half of it."""
    half = step >> 1
    for four in range(cuda.threadIdx.x, length >> 2, cuda.blockDim.x):
        i = ((four & ~(half - 1)) << 2) | (four & (half - 1))  # two zero bits put in where the distances are
        up = (i & size) == 0
        a, b, c, d = keys[i], keys[i + half], keys[i + step], keys[i + step + half]
        a, c = _ordered(a, c, up)
        b, d = _ordered(b, d, up)
        a, b = _ordered(a, b, up)
        c, d = _ordered(c, d, up)
        keys[i], keys[i + half], keys[i + step], keys[i + step + half] = a, b, c, d
    cuda.syncthreads()


@register_jitable
def _ordered(a, b, up):
    """Return two keys in ascending order, or in descending order."""
    if (a > b) == up:
        return b, a
    return a, b


@register_jitable
def count_below(keys, length, x):
    """Return how many of the sorted keys are less than x; ``length`` is a power of two. Holds no barrier."""
    found, step = 0, length >> 1
    while step > 0:
        if keys[found + step - 1] < x:
            found += step
        step >>= 1
    if keys[found] < x:
        found += 1
    return found


@register_jitable
def count_upto(keys, length, x):
    """Return how many of the sorted keys are at most x; ``length`` is a power of two. Holds no barrier."""
    found, step = 0, length >> 1
    while step > 0:
        if keys[found + step - 1] <= x:
            found += step
        step >>= 1
    if keys[found] <= x:
        found += 1
    return found


@register_jitable
def sum2(buffer, a, b):
    """Return both sums over the threads, a power of two; the buffer holds two numbers a thread in shared memory."""
    thread, threads = cuda.threadIdx.x, cuda.blockDim.x
    buffer[thread], buffer[threads + thread] = a, b
    half = threads >> 1
    cuda.syncthreads()
    while half > 0:
        if thread < half:
            buffer[thread] += buffer[thread + half]
            buffer[threads + thread] += buffer[threads + thread + half]
        cuda.syncthreads()
        half >>= 1
    a, b = buffer[0], buffer[threads]
    cuda.syncthreads()  # before anyone writes to the buffer again
    return a, b


@register_jitable
def least2(buffer, a, b):
    """Return both minima over the threads; the buffer is that of ``sum2``."""
    thread, threads = cuda.threadIdx.x, cuda.blockDim.x
    buffer[thread], buffer[threads + thread] = a, b
    half = threads >> 1
    cuda.syncthreads()
    while half > 0:
        if thread < half:
            buffer[thread] = min(buffer[thread], buffer[thread + half])
            buffer[threads + thread] = min(buffer[threads + thread], buffer[threads + thread + half])
        cuda.syncthreads()
        half >>= 1
    a, b = buffer[0], buffer[threads]
    cuda.syncthreads()
    return a, b


@register_jitable
def sum_before(buffer, a):
    """Return the sum over the threads before this one, exact for whole numbers; the buffer is that of ``sum2``."""
    thread, threads = cuda.threadIdx.x, cuda.blockDim.x
    source, distance = 0, 1
    buffer[thread] = a
    cuda.syncthreads()
    while distance < threads:  # from one half of the buffer to the other and back
        total = buffer[source + thread]
        if thread >= distance:
            total += buffer[source + thread - distance]
        source = threads - source
        buffer[source + thread] = total
        cuda.syncthreads()
        distance <<= 1
    total = buffer[source + thread] - a
    cuda.syncthreads()
    return total
