# الصفحات التي يُعمل فيها: الإدخال والرفع والإعدادات والتوثيق؛ تُحمّل بعد ar.ftl.

did-you-mean = هل تقصد { $suggestion }؟
missing = هذا الحقل مطلوب.
not-a-number = «{ $text }» ليس عدداً صحيحاً.
not-a-date = «{ $text }» ليس تاريخاً. اكتب ⁦2017-03-18⁩، أو ⁦2017-03⁩ أو 2017 إن لم يُعرف أكثر من ذلك.
date-ambiguous = قد يتبدّل اليوم والشهر. اكتب السنة أولاً: ⁦2017-03-18⁩.
date-not-a-day = المطلوب هنا يوم محدّد: ⁦2017-03-18⁩.
date-in-future = هذا التاريخ بعد الغد. ما هو مقرر يُكتب في «الموعد المعلن أولاً».
date-hint = مثلاً ⁦2017-03-18⁩
date-hint-period = مثلاً ⁦2017-03-18⁩؛ أو ⁦2017-03⁩ أو ⁦2017-W11⁩ أو 2017 إن لم يُعرف أكثر من ذلك
warn-no-source = لم يُذكر من قال ذلك.
warn-household-size = { NUMBER($size, maximumFractionDigits: 1) } أفراد لكل أسرة رقم غير مألوف.
warn-parts-above = مجموع الأجزاء { $sum }، وهو أكثر من { $whole }.
warn-parts-unequal = مجموع الأجزاء { $sum } لا { $whole }.
warn-same-place = هذا هو المنشأ نفسه.

enter-title = إدخال
edit-title = تعديل
enter-about = كل ما تكتبه يُحفظ في هذا المتصفح إلى أن تؤكد الخدمة وصوله.
enter-what = ما الذي تريد إدخاله
enter-without-token = يمكنك الإدخال الآن، ويُرسل بعد تسجيل الدخول.
kind-batches = دفعة
kind-returns = عودة
kind-locations = مكان
kind-sources = مصدر
kind-agreements = اتفاق
find-locations = تعديل مكان
find-sources = تعديل مصدر
find-agreements = تعديل اتفاق
group-departure = المغادرة
group-destination = الوجهة
group-destination-n = الوجهة { $n }
group-return = العودة
group-figure = ما يقوله مصدر
group-figure-n = الرقم { $n }
add-destination = إضافة وجهة
add-figure = إضافة ما يقوله مصدر آخر
remove-destination = حذف الوجهة { $n }
remove-figure = حذف الرقم { $n }
more-fields = المزيد
figure-more = النساء والرجال والأطفال والمنشور وغير ذلك
as-the-place = كما في المكان
role-auto = أول رقم في مرحلته هو المعتمد
movement-unknown = غير معروفة
save = حفظ
save-changes = حفظ التعديلات
clear-form = إفراغ النموذج
leave-unchanged = مغادرة دون حفظ
cancel = إلغاء
create = إنشاء
later = لاحقاً
draft-kept = تُحفظ مسودة في هذا المتصفح.
editing = أنت تعدّل { $code }.
create-locations = مكان جديد
create-sources = مصدر جديد
create-agreements = اتفاق جديد
wrong-count = { $count ->
    [one] أمر واحد يحتاج إلى تصحيح:
    [two] أمران يحتاجان إلى تصحيح:
    [few] { $count } أمور تحتاج إلى تصحيح:
    [many] { $count } أمراً يحتاج إلى تصحيح:
   *[other] { $count } أمر يحتاج إلى تصحيح:
  }
whole-form = النموذج كله
saved-there = تم الحفظ: { $title }.
show-it = عرض
saved-here = محفوظ هنا: { $title }. يُرسل فور إمكان الوصول إلى الخدمة.
saved-here-token = محفوظ هنا: { $title }. يُرسل بعد تسجيل الدخول.
saved-conflict = عدّل شخص آخر هذا السجل في هذه الأثناء. اختر من قائمة الإرسال ما يبقى.

field-quantifier = درجة الدقة
field-upper = الحد الأعلى
field-name = الاسم
field-name-ar = الاسم بالعربية
field-name-as-reported = الاسم كما ورد
field-kind = النوع
field-location-kind = نوع المكان
field-source-kind = نوع المصدر
field-parent = يقع في
field-p-code = الرمز الرسمي للمكان
field-latitude = خط العرض
field-longitude = خط الطول
field-aliases = أسماء أخرى
field-reliability = الموثوقية
field-url = رابط المنشور
field-confidential = سري: لا يرى هويته إلا المحررون
field-signed-on = تاريخ التوقيع
field-location = المكان
field-origin = المنشأ
field-destination = الوجهة
field-agreement = الاتفاق
field-number = رقم الدفعة
field-scheduled-on = الموعد المعلن أولاً
field-departed-on = تاريخ المغادرة
field-departed-on-precision = دقة التاريخ
field-arrived-on = تاريخ الوصول
field-arrived-on-precision = دقة التاريخ
field-returned-on = تاريخ العودة
field-returned-on-precision = دقة التاريخ
field-cancelled = أُلغيت: لم تحدث
field-reasons = الأسباب
field-parties = الأطراف
field-visibility = من يراها
field-from = من (مكان النزوح)
field-to = عائدون إلى
field-members-remaining = أفراد الأسر الذين بقوا
field-movements = الوجهات والأرقام
field-figures = الأرقام
field-households = الأسر
field-individuals = الأفراد
field-households-quantifier = الأسر: درجة الدقة
field-households-high = الأسر: الحد الأعلى
field-individuals-quantifier = الأفراد: درجة الدقة
field-individuals-high = الأفراد: الحد الأعلى
field-scope = يشمل
field-title = عنوان المنشور
field-as-of = مجموع تراكمي حتى
field-excerpt = النص الحرفي
field-term-as-reported = تسمية المصدر لهؤلاء الناس
field-place-as-reported = تسمية المصدر للمكان
field-batch = الدفعة
field-return = العودة
field-subject = الموضوع
hint-code = تختاره أنت ولا يتغيّر أبداً؛ ويُنشأ لك إن تُرك فارغاً.
hint-notes = لا يُنشر أبداً.
hint-visibility = مقيّد: لا يراها إلا من لديه رمز دخول.
hint-scheduled-on = لا يُنشر أبداً.
hint-from = المكان الذي نزحت إليه الأسر.
hint-to = منشؤها الأصلي.
hint-movement = المغادرة التي تعود منها هذه الأسر، إن عُرفت.
hint-parent = المكان الأكبر الذي يتبع له.
hint-p-code = إن وُجد.
hint-aliases = يُفصل بينها بـ ;
hint-as-of = للمجاميع المتزايدة فقط.
hint-scope = الجزء يُحفظ ويُعرض ولا يُحسب.

queue-title = قائمة الإرسال
queue-empty = لا شيء ينتظر. ما تحفظه يظهر هنا إلى أن تؤكد الخدمة وصوله.
queue-count = بانتظار الإرسال: { $waiting }. أُرسل: { $sent }. يحتاج إلى تصحيح: { $refused }.
queue-unkept = لم يبقَ مكان في هذا المتصفح: ما ينتظر يضيع إذا أغلقت الصفحة.
queue-send = إرسال الآن
queue-sign-in = سجّل الدخول للإرسال
queue-mend = تصحيح
queue-choose = اختيار
queue-drop = تجاهل
queue-hide = إخفاء
queue-drop-sure = هل تريد تجاهل هذا الإدخال؟ لم يُرسل بعد.
state-waiting = محفوظ هنا
state-sending = يُرسل الآن
state-sent = أُرسل
state-refused = رُفض
state-conflict = تغيّر في هذه الأثناء
drafts-title = المسودات
draft-open = فتح
draft-drop = حذف
draft-drop-sure = هل تريد حذف هذه المسودة؟
draft-untitled = بلا اسم بعد
conflict-title = عدّل شخص آخر هذا السجل في هذه الأثناء
conflict-meaning = عدّله { $by } في { $time }. اختر لكل حقل ما يبقى.
conflict-field = الحقل
conflict-before = عندما بدأت
conflict-mine = تعديلك
conflict-theirs = الموجود في الخدمة
conflict-untouched = لم يتغيّر
conflict-save = حفظ هذا الاختيار
conflict-drop = تجاهل تعديلي
history = السجل التاريخي: من غيّر ماذا
action-create = إنشاء
action-update = تعديل
action-delete = حذف
empty-value = فارغ
yes = نعم
no = لا

upload-title = رفع ملف
upload-about = لا يُكتب شيء قبل موافقتك. تظهر كل مشكلة عند خليتها، ويمكن التراجع عن الرفع كله.
upload-without-token = يحتاج الرفع إلى رمز دخول محرر.
upload-step-1 = 1. ماذا في الملف؟
upload-step-2 = 2. الملف
upload-step-3 = 3. ما الذي سيحدث
sheet-movements = الحركات
sheet-returns = العودات
sheet-locations = الأماكن
sheet-sources = المصادر
sheet-agreements = الاتفاقات
sheet-batches = الدفعات
sheet-figures = الأرقام
sheet-movements-about = كل سطر هو ما يقوله مصدر واحد عن حركة واحدة، وبجانبه دفعتها.
sheet-returns-about = كل سطر هو ما يقوله مصدر واحد عن عودة واحدة.
sheet-locations-about = كل سطر مكان: بلد أو منطقة أو مخيم.
sheet-sources-about = كل سطر منظمة أو جهة تنشر أرقاماً، ولا يكون شخصاً أبداً.
sheet-agreements-about = كل سطر اتفاق نصّ على مغادرة.
template-excel = القالب (Excel)
template-csv = القالب (CSV)
upload-columns = معنى الأعمدة
upload-choose = اختيار ملف
upload-drop = أو أفلته هنا: ‎Excel (.xlsx)‎ أو CSV، بعناوين أعمدة عربية أو إنكليزية
upload-paste = أو الصق خلايا من Excel هنا
pasted = خلايا ملصقة
create-missing = إذا ذكر الملف ما ليس موجوداً:
create-missing-locations = أنشئ المكان
create-missing-sources = أنشئ المصدر
checking = جارٍ التحقق…
sheet-wrong = { $errors ->
    [one] خطأ واحد، وعدد الأسطر { $rows }؛ لم يُكتب شيء.
    [two] خطآن، وعدد الأسطر { $rows }؛ لم يُكتب شيء.
    [few] { $errors } أخطاء، وعدد الأسطر { $rows }؛ لم يُكتب شيء.
    [many] { $errors } خطأً، وعدد الأسطر { $rows }؛ لم يُكتب شيء.
   *[other] { $errors } خطأ، وعدد الأسطر { $rows }؛ لم يُكتب شيء.
  }
sheet-right = يمكن كتابة الأسطر كلها، وعددها { $rows }. لم يُكتب شيء بعد.
sheet-warnings = { $count ->
    [one] ملاحظة واحدة لا تمنع شيئاً.
    [two] ملاحظتان لا تمنعان شيئاً.
    [few] { $count } ملاحظات لا تمنع شيئاً.
   *[other] { $count } ملاحظة لا تمنع شيئاً.
  }
commit = اكتبها
committed-title = تمت الكتابة
undo = تراجع
undo-sure = هل تريد التراجع عن كل ما كتبه هذا الرفع؟
undone = تم التراجع: عاد كل شيء كما كان.
undo-impossible = لم يعد التراجع ممكناً.
apply-all = { $count ->
    [one] تطبيق الاقتراح الآمن
    [two] تطبيق الاقتراحين الآمنين
    [few] تطبيق { $count } اقتراحات آمنة
    [many] تطبيق { $count } اقتراحاً آمناً
   *[other] تطبيق { $count } اقتراح آمن
  }
apply-one = استخدم { $suggestion }
apply-many = استخدم { $suggestion } في الخلايا المماثلة ({ $count })
remove-column = استبعاد هذا العمود
suggested = المقترح: { $suggestion }
coloured = الملف ملوّناً (Excel)
save-mended = الملف المصحّح (CSV)
more-problems = عُرض { $shown } من { $all }.
counts-nothing = عدد الأسطر { $rows }، ولا شيء يُكتب.
count-created = جديد
count-updated = معدّل
count-unchanged = دون تغيير
column-row = السطر
column-column = العمود
column-value = القيمة
column-problem = المشكلة
column-suggestion = الاقتراح
problems-title = المشكلات
cell-label = { $column }، السطر { $row }

settings-title = الإعدادات
sign-in-about = يمنح القائمون على هذه الخدمة رموز الدخول، والرمز يحدد ما يحق لك.
token = رمز الدخول
keep-token = احفظه في هذا المتصفح
token-kept = رمز الدخول محفوظ في هذا المتصفح إلى أن تسجّل الخروج.
token-memory = يبقى رمز الدخول إلى أن تغلق الصفحة أو تعيد تحميلها.
token-refused = لا تعرف الخدمة هذا الرمز، أو انتهت صلاحيته.
sign-out = تسجيل الخروج
role-reader = قارئ: يقرأ
role-editor = محرر: يقرأ ويكتب
role-admin = مدير: يدير رموز الدخول أيضاً
appearance = المظهر
language = اللغة
theme = الألوان
theme-auto = كما في النظام
theme-light = فاتح
theme-dark = داكن
digits-about = تُعرض الأرقام بالصورة 123 في اللغتين كما في الملفات، ويمكنك كتابة ١٢٣ أو 123.
imports-title = الملفات المرفوعة
imports-none = لم يُرفع شيء بعد.
column-at = متى
column-by = بواسطة
column-sheet = الملف
column-rows = الأسطر
tokens-title = رموز الدخول
token-made = رمز الدخول «{ $name }». يظهر هذه المرة فقط: انسخه الآن.
token-name = الاسم
token-role = الدور
token-days = أيام الصلاحية (فارغ: بلا انتهاء)
token-create = إنشاء رمز دخول
column-created = أُنشئ
column-expires = ينتهي
never = لا ينتهي
revoke = إبطال
revoke-sure = هل تريد إبطال رمز الدخول «{ $name }»؟ لن يتمكن مستخدمه من الدخول.
revoked = أُبطل في { $date }
copy = نسخ
copied-it = تم النسخ
service-title = الخدمة
service-well = الخدمة وقاعدة بياناتها تعملان.
service-ill = الخدمة تعمل، وقاعدة بياناتها لا تعمل.
service-again = تحقق من جديد
browser-title = هذا المتصفح
browser-about = محفوظ هنا: المسودات ({ $drafts })، وإدخالات قائمة الإرسال ({ $entries })، واقتراحات للعمل دون اتصال. لا يذهب شيء إلى غير هذه الخدمة.
browser-clear = حذف كل ما هو محفوظ هنا
browser-clear-sure = هل تريد حذف المسودات وقائمة الإرسال ورمز الدخول من هذا المتصفح؟
browser-clear-waiting = { $count ->
    [one] إدخال واحد لم يُرسل وسيضيع. هل تريد حذف كل شيء مع ذلك؟
    [two] إدخالان لم يُرسلا وسيضيعان. هل تريد حذف كل شيء مع ذلك؟
    [few] { $count } إدخالات لم تُرسل وستضيع. هل تريد حذف كل شيء مع ذلك؟
   *[other] { $count } إدخالاً لم يُرسل وسيضيع. هل تريد حذف كل شيء مع ذلك؟
  }

docs-title = توثيق الواجهة البرمجية
docs-about = كل ما في هذه الصفحات يأتي من واجهة HTTP برمجية يمكن لأي شخص استخدامها، وتجيب بصيغ JSON وCSV وExcel.
docs-api = تجربة الواجهة (Swagger UI)
docs-api-about = كل مسار بمعاملاته وإجاباته، للقراءة والتجربة. صفحة كبيرة، بالإنكليزية.
docs-openapi = وثيقة OpenAPI
docs-openapi-about = الشيء نفسه للبرامج: تُولَّد منها برامج عميلة بمعظم اللغات.
docs-columns = الأعمدة
docs-columns-about = معنى كل حقل في الملفات، وما يمكن أن يُكتب فيه.
docs-problems = دليل المشكلات
docs-problems-about = كل رمز تجيب به الخدمة، وما العمل.
docs-samples = أمثلة
docs-samples-about = أسطر جاهزة للطرفية وExcel وR وPython.
docs-dataset = البيانات كلها
docs-dataset-about = كل الملفات بصيغة CSV في أرشيف واحد، مع وصف كل عمود.
docs-first = الخطوات الأولى
docs-rule-suffix = أضف ‎.csv‎ أو ‎.xlsx‎ إلى أي قائمة أو إحصاء فيصير ملفاً.
docs-rule-null = ‏null أو الخلية الفارغة تعني عدداً لا يعلمه أحد، ولا تعني صفراً أبداً.
docs-rule-range = ‏‎_low‎ و‎_high‎ يحصران ما قالته المصادر؛ و‎_high_open‎ يعني أن أعلى ما قيل هو «أكثر من».
docs-rule-below = المكان في التصفية يشمل كل ما يتبع له. والمعامل labels=ar يعطي الأسماء العربية.
docs-rule-token = يُرسل رمز الدخول في «⁦Authorization: Bearer …⁩»، أو يكون كلمة السر في Basic.
docs-rule-strict = المعامل غير الموجود خطأ، ولا يُتجاهل أبداً.
docs-words = المصطلحات
docs-word-agreement = الاتفاق
docs-word-agreement-about = اتفاق محلي نصّ على مغادرة.
docs-word-batch = الدفعة
docs-word-batch-about = مغادرة منظمة واحدة من منشأ واحد في تاريخ.
docs-word-movement = الحركة
docs-word-movement-about = الجزء من الدفعة الذي ذهب إلى وجهة واحدة.
docs-word-return = العودة
docs-word-return-about = أسر تعود معاً.
docs-word-figure = الرقم
docs-word-figure-about = ما يقوله مصدر واحد عن حركة أو عودة: كم، ومتى عُدّ.
docs-word-recommended = المعتمد
docs-word-recommended-about = الرقم الوحيد في المرحلة الذي يدخل في المجاميع، وتبقى الأرقام الأخرى بجانبه.
docs-word-range = المدى
docs-word-range-about = أدنى ما قيل وأعلاه، وليس مجال ثقة إحصائياً.
docs-word-still-away = لم يعودوا بعد
docs-word-still-away-about = النازحون ناقص العائدين، في هذا السجل.
code-sample = مثال
find = بحث
columns-about = أعمدة الملفات الداخلة والخارجة، وهي حقول الواجهة البرمجية بالأسماء نفسها.
column-required = مطلوب
column-aliases = ويُفهم أيضاً: { $aliases }
column-example = مثلاً
column-kind-code = رمز
column-kind-text = نص
column-kind-place = مكان
column-kind-source = مصدر
column-kind-agreement = اتفاق
column-kind-movement = حركة
column-kind-whole = عدد صحيح
column-kind-real = عدد
column-kind-date = تاريخ
column-kind-yes-no = نعم أو لا
column-kind-word = كلمة من
column-kind-words = كلمات من
column-kind-names = أسماء يفصل بينها ;
column-kind-parties = دور:اسم، يفصل بينها ;
problems-about = تقرأ البرامج الرمز، وهو لا يتغيّر أبداً؛ ويقرأ الناس الجملة.
problems-problem = إجابات هي مشكلات
problems-problem-about = رُفض الطلب كله: الرمز والحالة والمعنى.
problems-error = أخطاء داخلها
problems-error-about = كل ما هو خطأ في الطلب أو الملف، كلٌّ في مكانه.
problems-warning = تنبيهات
problems-warning-about = تمت الكتابة مع ذلك، ويحسن الانتباه.
samples-about = تستخدم عنوان هذه الخدمة ويمكن لصقها كما هي.
sample-of = { $sheet } من هذا السجل
sample-curl = في الطرفية
sample-excel = ‏Excel وPower BI ‏(Power Query)
sample-r = R
sample-python = Python
sample-write = تسجيل دفعة
sample-sheet = ملء ملف ورفعه
show-all = عرض الكل ({ $count })
